import { encode } from "../../../core/binary/mod.ts";
import { guidLe } from "../../../core/guid.ts";
import { fixedState, serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import { bytesToBase64, isStrongPassword } from "../text.ts";

const returns = { done: 0, notPermitted: 16, invalidParameter: 36, invalidPassword: 2054 } as const;
const states = { pre: 0, in: 1, post: 2 } as const;
const modes = { none: 0, client: 4, admin: 1 } as const;

/** AMT_SetupAndConfigurationService: whether AMT is set up, and back. */
export const setupAndConfigurationService: WsmanClass = {
  name: "AMT_SetupAndConfigurationService",
  keys: serviceKeys,
  local: "read",
  instances: ({ state }) => [{
    ...serviceFields("AMT_SetupAndConfigurationService", "Intel(r) AMT Setup and Configuration Service"),
    ...fixedState,
    PasswordModel: 1,
    ProvisioningMode: typeof state.controlMode === "string" ? modes[state.controlMode] : 0,
    ProvisioningServerOTP: bytesToBase64(new Uint8Array(32)),
    ProvisioningState: typeof state.provisioningState === "string" ? states[state.provisioningState] : 0,
    ZeroTouchConfigurationEnabled: state.zeroTouchEnabled,
  }],
  methods: {
    CommitChanges: ({ settings }) => {
      settings.commit();
      return returns.done;
    },
    GetUuid: ({ state }) => ({ UUID: bytesToBase64(encode(guidLe, state.uuid)), ReturnValue: 0 }),
    SetMEBxPassword: ({ state }, input) => {
      if (state.controlMode !== "admin") return returns.notPermitted;
      return isStrongPassword(input.text("Password")) ? returns.done : returns.invalidPassword;
    },
    Unprovision: (machine, input) => unprovision(machine, input),
  },
};

function unprovision(machine: AmtMachine, input: Incoming): number {
  const mode = input.number("ProvisioningMode");
  if (mode !== modes.admin && mode !== modes.client) return returns.invalidParameter;
  machine.unprovision();
  return returns.done;
}
