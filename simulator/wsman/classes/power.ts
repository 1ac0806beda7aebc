import { fixedState, managedSystem, serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import { isSameKey, type Reference } from "../value.ts";

const INVALID_PARAMETER = 5;
const NAME = "Intel(r) AMT Power Management Service";

const service: Reference = {
  className: "CIM_PowerManagementService",
  selectors: {
    CreationClassName: "CIM_PowerManagementService",
    Name: NAME,
    SystemCreationClassName: "CIM_ComputerSystem",
    SystemName: "Intel(r) AMT",
  },
};

export const powerManagementService: WsmanClass = {
  name: "CIM_PowerManagementService",
  keys: serviceKeys,
  instances: () => [{ ...serviceFields("CIM_PowerManagementService", NAME), ...fixedState }],
  methods: {
    RequestPowerStateChange: ({ power }, input) =>
      isManagedSystem(input) ? power.request(input.number("PowerState")) : INVALID_PARAMETER,
  },
};

/** CIM_AssociatedPowerManagementService: the state of power, and what can be asked for in it. */
export const associatedPowerManagementService: WsmanClass = {
  name: "CIM_AssociatedPowerManagementService",
  keys: ["ServiceProvided", "UserOfService"],
  instances: ({ power, major }) => [{
    AvailableRequestedPowerStates: major >= 9 ? power.available : undefined,
    PowerState: power.current,
    ServiceProvided: service,
    UserOfService: managedSystem,
  }],
};

/** CIM_ServiceAvailableToElement: an abstract class, told by its subclass. */
export const serviceAvailableToElement: WsmanClass = {
  name: "CIM_ServiceAvailableToElement",
  keys: ["ServiceProvided", "UserOfService"],
  includes: ["CIM_AssociatedPowerManagementService"],
  instances: () => [],
};

/** IPS_PowerManagementService: what the operating system saves, 2 nothing, 3 all it can. */
export const osPowerManagementService: WsmanClass = {
  name: "IPS_PowerManagementService",
  since: 10,
  keys: serviceKeys,
  instances: ({ power }) => [{
    ...serviceFields("IPS_PowerManagementService", NAME),
    ...fixedState,
    OSPowerSavingState: power.osSaving,
  }],
  methods: { RequestOSPowerSavingStateChange },
};

function RequestOSPowerSavingStateChange({ power }: AmtMachine, input: Incoming): number {
  const wanted = input.number("OSPowerSavingState");
  if (!isManagedSystem(input) || (wanted !== 2 && wanted !== 3)) return INVALID_PARAMETER;
  power.osSaving = wanted;
  return 0;
}

function isManagedSystem(input: Incoming): boolean {
  return isSameKey(input.reference("ManagedElement"), managedSystem);
}

/** IPS_HostBootReason: why the host booted, 1 by remote control, 0 otherwise (the numbers are a guess). */
export const hostBootReason: WsmanClass = {
  name: "IPS_HostBootReason",
  since: 8,
  keys: ["InstanceID"],
  instances: ({ state, power }) => [{
    ElementName: "Intel(r) AMT:Host Boot Reason",
    InstanceID: "Intel(r) AMT:Host Boot Reason",
    PreviousSxState: power.previousSleepState,
    Reason: state.lastHostReset.reason === "remoteControl" ? 1 : 0,
    ReasonDetails: "",
  }],
};
