import { capabilities, managedElement, requestStateChange, scopedKeys, service, settingData } from "./base.ts";
import { datetime, interval, list, octets, reference, text, uint16, wsmanClass } from "./declare.ts";

/** The power of the host, and the firmware's own in its sleep. */
export const classes = [
  wsmanClass("CIM_AssociatedPowerManagementService", {
    keys: ["ServiceProvided", "UserOfService"],
    fields: {
      ServiceProvided: reference,
      UserOfService: reference,
      PowerState: uint16,
      OtherPowerState: text,
      RequestedPowerState: uint16,
      OtherRequestedPowerState: text,
      PowerOnTime: datetime,
      AvailableRequestedPowerStates: list(uint16),
      TransitioningToPowerState: uint16,
    },
    single: true,
  }),
  wsmanClass("CIM_PowerManagementService", {
    keys: scopedKeys,
    fields: service,
    methods: {
      RequestStateChange: requestStateChange,
      RequestPowerStateChange: {
        input: { PowerState: uint16, ManagedElement: reference, Time: datetime, TimeoutPeriod: interval },
        output: { Job: reference },
      },
    },
    single: true,
  }),
  wsmanClass("CIM_PowerManagementCapabilities", {
    keys: ["InstanceID"],
    fields: {
      ...capabilities,
      PowerCapabilities: list(uint16),
      OtherPowerCapabilitiesDescriptions: list(text),
      PowerStatesSupported: list(uint16),
      PowerChangeCapabilities: list(uint16),
      OtherPowerChangeCapabilities: list(text),
      RequestedPowerStatesSupported: list(uint16),
    },
    single: true,
  }),
  wsmanClass("IPS_PowerManagementService", {
    keys: scopedKeys,
    fields: { ...service, OSPowerSavingState: uint16 },
    methods: {
      RequestStateChange: requestStateChange,
      RequestOSPowerSavingStateChange: {
        input: { OSPowerSavingState: uint16, ManagedElement: reference, TimeoutPeriod: interval },
        output: { Job: reference },
      },
    },
    single: true,
  }),
  wsmanClass("AMT_SystemPowerScheme", {
    keys: ["InstanceID"],
    fields: { ...settingData, SchemeGUID: octets },
    methods: { SetPowerScheme: { input: { SchemeGUID: octets } } },
  }),
  wsmanClass("CIM_ElementSettingData", {
    keys: ["ManagedElement", "SettingData"],
    fields: {
      ManagedElement: reference,
      SettingData: reference,
      IsDefault: uint16,
      IsCurrent: uint16,
      IsNext: uint16,
      IsMinimum: uint16,
      IsMaximum: uint16,
    },
  }),
  wsmanClass("IPS_HostBootReason", {
    keys: ["InstanceID"],
    fields: { ...managedElement, InstanceID: text, Reason: uint16, ReasonDetails: text, PreviousSxState: uint16 },
  }),
];
