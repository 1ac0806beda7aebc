import { serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import { bytesToBase64 } from "../text.ts";

const returns = { done: 0, invalidState: 2, invalidParameter: 3 } as const;
const controlModes = { none: 0, client: 1, admin: 2 } as const;
/** HTTP digest, MD5 of name, realm and password. */
const DIGEST_HA1 = 2;
const NONCE_LENGTH = 20;

/**
 * IPS_HostBasedSetupService: setup by a program on the machine, into client control mode. It has no way into admin
 * control mode: AddNextCertInChain, AdminSetup and UpgradeClientToAdmin are not there.
 */
export const hostBasedSetupService: WsmanClass = {
  name: "IPS_HostBasedSetupService",
  since: 7,
  keys: serviceKeys,
  local: "all",
  instances: ({ state }) => [{
    ...serviceFields("IPS_HostBasedSetupService", "Intel(r) AMT Host Based Setup Service"),
    AllowedControlModes: [2, 1],
    CertChainStatus: 0,
    // A new one for each attempt, and so for each reading.
    ConfigurationNonce: bytesToBase64(crypto.getRandomValues(new Uint8Array(NONCE_LENGTH))),
    CurrentControlMode: typeof state.controlMode === "string" ? controlModes[state.controlMode] : 0,
  }],
  methods: { Setup },
};

function Setup({ state, accounts }: AmtMachine, input: Incoming): number {
  const encryption = input.number("NetAdminPassEncryptionType");
  const password = input.text("NetworkAdminPassword");
  if (state.provisioningState === "post") return returns.invalidState;
  if (encryption !== DIGEST_HA1 || !/^[0-9a-f]{32}$/i.test(password)) return returns.invalidParameter;
  accounts.setAdmin("admin", password);
  state.controlMode = "client";
  state.provisioningState = "post";
  state.provisioningMode = "enterprise";
  return returns.done;
}
