import { managedSystem, serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import { WsmanFault } from "../fault.ts";
import type { AmtMachine } from "../machine.ts";
import { isStrongPassword } from "../text.ts";
import type { Fields } from "../value.ts";

const INVALID_PARAMETER = 5;
/** Nothing; with 1 IDE redirection, with 2 serial over LAN. */
const NOTHING = 32768;
const IDER = 1;
const SOL = 2;

/** AMT_RedirectionService: serial over LAN and IDE redirection. */
export const redirectionService: WsmanClass = {
  name: "AMT_RedirectionService",
  keys: serviceKeys,
  instances: ({ state, settings }) => [{
    ...serviceFields("AMT_RedirectionService", "Intel(r) AMT Redirection Service"),
    EnabledState: NOTHING + (state.redirection.ider ? IDER : 0) + (state.redirection.sol ? SOL : 0),
    ListenerEnabled: settings.redirectionListens,
  }],
  methods: {
    RequestStateChange: (machine, input) => setEnabled(machine, input.number("RequestedState")) ? 0 : INVALID_PARAMETER,
  },
  put: {
    apply(machine, sent, now) {
      const listens = sent.flag("ListenerEnabled", machine.settings.redirectionListens);
      const enabled = sent.number("EnabledState", now["EnabledState"] as number);
      // Some consoles send 2 and 3 here, for enabled and disabled, and mean the listener.
      if (enabled !== 2 && enabled !== 3 && !setEnabled(machine, enabled)) {
        throw new WsmanFault("InvalidRepresentation");
      }
      machine.settings.redirectionListens = listens;
    },
  },
};

function setEnabled({ settings }: AmtMachine, wanted: number): boolean {
  const bits = wanted - NOTHING;
  if (bits < 0 || bits > IDER + SOL) return false;
  settings.setRedirection({ ider: (bits & IDER) !== 0, sol: (bits & SOL) !== 0 });
  return true;
}

const KVM_NAME = "KVM Redirection Service Access Point";
const kvmStates = { enabled: 2, disabled: 3, enabledButOffline: 6 } as const;

/** CIM_KVMRedirectionSAP: the screen. 2 while somebody looks, 6 when it is on and nobody does. */
export const kvmRedirectionSap: WsmanClass = {
  name: "CIM_KVMRedirectionSAP",
  since: 6,
  keys: serviceKeys,
  instances: ({ state }) => {
    const on = state.kvm.active ? kvmStates.enabled : kvmStates.enabledButOffline;
    return [{
      ...serviceFields("CIM_KVMRedirectionSAP", KVM_NAME, managedSystem.selectors["Name"] as string),
      EnabledState: state.redirection.kvm ? on : kvmStates.disabled,
      KVMProtocol: 4,
      RequestedState: state.redirection.kvm ? kvmStates.enabled : kvmStates.disabled,
    }];
  },
  methods: {
    RequestStateChange: ({ settings }, input) => {
      const wanted = input.number("RequestedState");
      if (wanted !== kvmStates.enabled && wanted !== kvmStates.disabled) return INVALID_PARAMETER;
      settings.setRedirection({ kvm: wanted === kvmStates.enabled });
      return 0;
    },
  },
};

/** The first release with a mode for low resolutions. */
const DECIMATION = 16;

/** IPS_KVMRedirectionSettingData. */
export const kvmRedirectionSettingData: WsmanClass = {
  name: "IPS_KVMRedirectionSettingData",
  since: 6,
  keys: ["InstanceID"],
  instances: ({ settings, major }): Fields[] => {
    const { InitialDecimationModeForLowRes, ...kvm } = settings.kvm;
    return [{
      ...kvm,
      ElementName: "Intel(r) KVM Redirection Settings",
      EnabledByMEBx: true,
      InitialDecimationModeForLowRes: major >= DECIMATION ? InitialDecimationModeForLowRes : undefined,
      InstanceID: "Intel(r) KVM Redirection Settings",
      RFBPassword: "",
    }];
  },
  put: {
    apply({ settings, state }, sent) {
      const kvm = sent.over(settings.kvm);
      const password = sent.text("RFBPassword", "");
      if (password !== "" && (password.length !== 8 || !isStrongPassword(password))) {
        throw new WsmanFault("InvalidRepresentation");
      }
      if (kvm["Is5900PortEnabled"] === true && state.controlMode === "client") throw new WsmanFault("AccessDenied");
      settings.kvm = kvm;
      if (password !== "") settings.rfbPassword = password;
    },
  },
  methods: {
    TerminateSession: ({ state }) => {
      state.kvm = { ...state.kvm, active: false };
      return 0;
    },
  },
};
