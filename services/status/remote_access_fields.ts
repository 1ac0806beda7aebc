import {
  ConnectionState,
  GetRemoteAccessConnectionStatus,
  GetUserInitiatedEnabledInterfaces,
  NetworkPlace,
  RemoteAccessTrigger,
} from "../../protocols/amthi/mod.ts";
import { type AmthiReader, reader } from "./amthi_reader.ts";
import { describe } from "./named.ts";

/** AMT's tunnel to its server, and where a user may open one. */
export const remoteAccessReaders: readonly AmthiReader[] = [
  reader(["remoteAccess"], GetRemoteAccessConnectionStatus, (status, data) => {
    status.remoteAccess = {
      network: describe(NetworkPlace, data.network, {
        direct: "direct (LAN)",
        vpn: "VPN",
        outside: "outside the enterprise",
      }),
      connection: describe(ConnectionState, data.connection, { notConnected: "not connected" }),
      trigger: describe(RemoteAccessTrigger, data.trigger, {
        user: "user initiated",
        provisioning: "provisioning (rpc-go: periodic)",
        periodic: "periodic (rpc-go: provisioning)",
      }),
      mpsHostName: data.mpsHostName,
    };
  }),
  reader(["userInitiatedConnection"], GetUserInitiatedEnabledInterfaces, (status, { bios, osAgent }) => {
    status.userInitiatedConnection = { bios, osAgent };
  }),
];
