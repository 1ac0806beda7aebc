import { bytes, named, struct, u16le, u32le } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtAnsiString, amtBoolean, cfgIpAddress } from "../types.ts";

/** Whether AMT lets a server on the network set it up without anybody at the machine. */
export const GetZeroTouchEnabled = message("GetZeroTouchEnabled", 0x0400_0030, {
  request: noData,
  response: struct({ enabled: amtBoolean }),
});

export const SetZeroTouchEnabled = message("SetZeroTouchEnabled", 0x0400_003a, {
  request: struct({ enabled: amtBoolean }),
  response: noData,
  changes: true,
});

/** Whether the host may bring AMT into admin control mode without a certificate; AMT 8.1.20 and later. */
export const GetEhbcState = message("GetEHBCState", 0x0400_0084, {
  request: noData,
  response: struct({ enabled: amtBoolean }),
});

/** AMT 9.0 and later; it can be enabled only while the machine is made. */
export const SetEhbcState = message("SetEHBCState", 0x0400_0085, {
  request: struct({ enabled: amtBoolean }),
  response: noData,
  changes: true,
});

/** The DNS suffix that a provisioning certificate has to carry; empty when none is set. */
export const GetPkiFqdnSuffix = message("GetPkiFqdnSuffix", 0x0400_0036, {
  request: noData,
  response: struct({ suffix: amtAnsiString }),
});

/** Sets it, at most 223 characters; refused in state `post`. */
export const SetDnsSuffix = message("SetDnsSuffix", 0x0400_002f, {
  request: struct({ suffix: amtAnsiString }),
  response: noData,
  changes: true,
});

/** The password that a provisioning server has to know. */
export const SetProvisioningServerOtp = message("SetProvisioningServerOTP", 0x0400_002a, {
  request: struct({ password: amtAnsiString }),
  response: noData,
  changes: true,
});

/** Provisioning id: names the pre-shared key. */
export const GetPid = message("GetPID", 0x0400_003b, { request: noData, response: struct({ pid: bytes(8) }) });

/** The server that AMT says hello to when it is to be set up. */
export const GetConfigServerData = message("GetConfigServerData", 0x0400_004e, {
  request: noData,
  response: struct({ port: u16le, address: cfgIpAddress, fqdn: amtAnsiString }),
});

export const GenerateRngSeed = message("GenerateRngSeed", 0x0400_0028, {
  request: noData,
  response: noData,
  changes: true,
});

export const GetRngSeedStatus = message("GetRngSeedStatus", 0x0400_002e, {
  request: noData,
  response: struct({ status: named(u32le, { exists: 0, inProgress: 1, none: 2 }) }),
});
