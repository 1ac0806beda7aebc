import * as amthi from "../../protocols/amthi/mod.ts";
import { amtStatus } from "../../protocols/amthi/mod.ts";
import { type Command, reply } from "./amthi_command.ts";
import type { AmtState } from "./amthi_state.ts";

const done = {};
const LONGEST_SUFFIX = 223;

/** Commands that change AMT. */
export function changeCommands(): Command[] {
  return [...setup(), ...remoteSetup(), ...network()];
}

function setup(): Command[] {
  return [
    reply(amthi.StartConfiguration, startSetup),
    reply(amthi.StartConfigurationEx, startSetup),
    reply(amthi.StartConfigurationHBased, (state, { form, hashAlgorithm }) => {
      if (!state.hostBasedForms.includes(form)) return amtStatus.invalidMessageLength;
      if (typeof hashAlgorithm === "number") return amtStatus.invalidParameter;
      if (state.provisioningState !== "pre") return amtStatus.invalidAmtMode;
      state.provisioningState = "in";
      return { hashAlgorithm, certificateHash: new Uint8Array(hashAlgorithm === "SHA256" ? 32 : 48).fill(0xc5) };
    }),
    reply(amthi.StopConfiguration, (state) => {
      if (state.provisioningState !== "in") return amtStatus.invalidAmtMode;
      state.provisioningState = "pre";
      return done;
    }),
    reply(amthi.Unprovision, (state) => {
      if (state.controlMode !== "client") return amtStatus.invalidAmtMode;
      state.provisioningState = "pre";
      state.controlMode = "none";
      state.provisioningMode = "none";
      closeTunnel(state);
      return { state: undefined };
    }),
    reply(amthi.DisableAndClearAmt, (state) => {
      if (state.provisioningState !== "pre") return amtStatus.invalidAmtMode;
      state.disabled = true;
      return done;
    }),
  ];
}

function startSetup(state: AmtState): object | number {
  if (state.provisioningState === "post") return amtStatus.invalidAmtMode;
  state.provisioningState = "in";
  return done;
}

function remoteSetup(): Command[] {
  return [
    reply(amthi.SetZeroTouchEnabled, (state, { enabled }) => {
      state.zeroTouchEnabled = enabled;
      return done;
    }),
    reply(amthi.SetEhbcState, (state, { enabled }) => {
      // It can be enabled only before the machine is sold.
      if (enabled) return amtStatus.notPermitted;
      state.ehbcEnabled = false;
      return done;
    }),
    reply(amthi.SetDnsSuffix, (state, { suffix }) => {
      if (state.provisioningState === "post") return amtStatus.invalidAmtMode;
      if (suffix.length > LONGEST_SUFFIX) return amtStatus.invalidParameter;
      state.pkiFqdnSuffix = suffix;
      return done;
    }),
    reply(
      amthi.SetProvisioningServerOtp,
      ({ provisioningState }) => provisioningState === "post" ? amtStatus.invalidAmtMode : done,
    ),
    reply(amthi.GenerateRngSeed, () => done),
  ];
}

function network(): Command[] {
  return [
    reply(amthi.SetHostFqdn, (state, { fqdn }) => {
      if (state.fqdn.shared) state.fqdn = { ...state.fqdn, hostNameLength: fqdn.split(".")[0]!.length, fqdn };
      return done;
    }),
    reply(amthi.SetEnterpriseAccess, (state, { access }) => {
      state.remoteAccess = { ...state.remoteAccess, network: access === 0 ? "outside" : "direct" };
      return done;
    }),
    reply(amthi.OpenUserInitiatedConnection, (state) => {
      if (state.provisioningState !== "post") return amtStatus.invalidAmtMode;
      if (!state.userInitiated.osAgent) return amtStatus.notPermitted;
      const { remoteAccess, mpsHostName } = state;
      if (remoteAccess.connection === "notConnected") {
        state.remoteAccess = { ...remoteAccess, connection: "connected", trigger: "user", mpsHostName };
      }
      return done;
    }),
    reply(amthi.CloseUserInitiatedConnection, (state) => {
      if (state.remoteAccess.trigger === "user") closeTunnel(state);
      return done;
    }),
  ];
}

function closeTunnel(state: AmtState): void {
  const { network } = state.remoteAccess;
  state.remoteAccess = { network, connection: "notConnected", trigger: "user", mpsHostName: "" };
}
