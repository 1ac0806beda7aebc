import { named, struct, u32le, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtAnsiString, flags } from "../types.ts";

/** Where AMT finds itself. */
export const NetworkPlace = named(u32le, { direct: 0, vpn: 1, outside: 2, unknown: 3 });

export const ConnectionState = named(u32le, { notConnected: 0, connecting: 1, connected: 2 });

/** Numbers 2 and 3 as in Intel LMS and older documents; rpc-go has them the other way round. */
export const RemoteAccessTrigger = named(u32le, { user: 0, alert: 1, provisioning: 2, periodic: 3 });

/** AMT's tunnel to a management presence server. */
export const RemoteAccessConnectionStatus = struct({
  network: NetworkPlace,
  connection: ConnectionState,
  trigger: RemoteAccessTrigger,
  mpsHostName: amtAnsiString,
});
export type RemoteAccessConnectionStatus = Wire<typeof RemoteAccessConnectionStatus>;

export const GetRemoteAccessConnectionStatus = message("GetRemoteAccessConnectionStatus", 0x0400_0046, {
  request: noData,
  response: RemoteAccessConnectionStatus,
});

/** Opens the tunnel on behalf of the user. */
export const OpenUserInitiatedConnection = message("OpenUserInitiatedConnection", 0x0400_0044, {
  request: noData,
  response: noData,
  changes: true,
});

export const CloseUserInitiatedConnection = message("CloseUserInitiatedConnection", 0x0400_0045, {
  request: noData,
  response: noData,
  changes: true,
});

/** Where a user may open it: in the firmware setup, in the operating system. */
export const GetUserInitiatedEnabledInterfaces = message("GetUserInitiatedEnabledInterfaces", 0x0400_004d, {
  request: noData,
  response: flags(u32le, { bios: 0, osAgent: 1 }),
});
