import {
  ConnectionState,
  GetIpv6LanInterfaceStatus,
  GetLanInterfaceSettings,
  GetRemoteAccessConnectionStatus,
  NetworkPlace,
  RemoteAccessTrigger,
} from "../../protocols/amthi/mod.ts";
import type { Ask } from "./amthi_fields.ts";
import type { Collector } from "./collector.ts";
import { describe } from "./named.ts";

const NO_ADDRESS = "0.0.0.0";
const NO_MAC = "00:00:00:00:00:00";

/** Both interfaces; one that the firmware does not have is told as unavailable by its name. */
export async function readLan(ask: Ask, { status }: Collector): Promise<void> {
  for (const name of ["wired", "wireless"] as const) {
    const field = `lan.${name}` as const;
    const data = await ask([field], GetLanInterfaceSettings, { interface: name });
    if (data === undefined) continue;
    const hasInterface = data.macAddress !== NO_MAC;
    status.lan.push({
      interface: name,
      enabled: data.enabled,
      link: data.link === "up" ? "up" : "down",
      dhcp: { enabled: data.dhcpEnabled, mode: data.dhcpIpMode === "active" ? "active" : "passive" },
      ipAddress: data.ipv4 === NO_ADDRESS ? null : data.ipv4,
      ipv6Addresses: hasInterface ? await ipv6Addresses(ask, name) : [],
      macAddress: hasInterface ? data.macAddress : null,
      hostAddress: null,
    });
  }
}

/** That IPv6 is switched off is no news, so a refusal tells of nothing. */
async function ipv6Addresses(ask: Ask, name: "wired" | "wireless"): Promise<string[]> {
  const data = await ask([], GetIpv6LanInterfaceStatus, { interface: name });
  return (data?.addresses ?? []).map(({ address }) => address);
}

export async function readRemoteAccess(ask: Ask, { status }: Collector): Promise<void> {
  const data = await ask(["remoteAccess"], GetRemoteAccessConnectionStatus, {});
  if (data === undefined) return;
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
}
