import {
  amtStatus,
  GetIpv6LanInterfaceStatus,
  GetLanInterfaceSettings,
  GetMacAddresses,
  GetTcpipParameters,
  LanInterfaceSettings,
} from "../../protocols/amthi/mod.ts";
import type { Ask } from "./amthi_reader.ts";
import type { Collector, FieldPath, Refusal } from "./collector.ts";
import { describe } from "./named.ts";
import { emptyInterface, type LanInterface } from "./status.ts";

const NO_ADDRESS = "0.0.0.0";
const NO_MAC = "00:00:00:00:00:00";

const interfaces = ["wired", "wireless"] as const;
const tcpipFields = [
  "lan.0.subnetMask",
  "lan.0.gateway",
  "lan.0.dnsServers",
  "lan.0.domain",
] as const satisfies FieldPath[];
const hostMacField = "lan.0.hostMacAddress" as const satisfies FieldPath;

export const lanFields = [
  "lan",
  ...interfaces.flatMap((_, index) => [`lan.${index}`, ...ipv6Fields(index)] as FieldPath[]),
  ...tcpipFields,
  hostMacField,
] as const satisfies FieldPath[];

/** Both interfaces, wired and wireless; of one that the firmware does not have, all is unavailable. */
export async function readLan(ask: Ask, collector: Collector): Promise<void> {
  const { lan } = collector.status;
  for (const [index, name] of interfaces.entries()) {
    const data = await ask([`lan.${index}`], GetLanInterfaceSettings, { interface: name });
    if (index === 0) {
      // It was asked, so the list is there, whatever becomes of the rest.
      collector.have(["lan"]);
      lan.push(...interfaces.map(emptyInterface));
    }
    if (data === undefined) continue;
    const each = lan[index]!;
    takeSettings(each, data);
    if (each.macAddress === null) collector.have(ipv6Fields(index));
    else await readIpv6(ask, index, each);
  }
  if (collector.has("lan.0")) await readWired(ask, lan[0]!);
}

function takeSettings(lan: LanInterface, data: LanInterfaceSettings): void {
  const { link, dhcpIpMode } = LanInterfaceSettings.fields;
  lan.enabled = data.enabled;
  lan.link = describe(link, data.link);
  lan.dhcp = { enabled: data.dhcpEnabled, mode: describe(dhcpIpMode, data.dhcpIpMode) };
  lan.ipAddress = unlessUnset(data.ipv4);
  lan.macAddress = data.macAddress === NO_MAC ? null : data.macAddress;
}

async function readIpv6(ask: Ask, index: number, lan: LanInterface): Promise<void> {
  const data = await ask(ipv6Fields(index), GetIpv6LanInterfaceStatus, { interface: lan.interface }, hasNoIpv6);
  if (data === undefined) return;
  lan.ipv6Addresses = data.addresses.map(({ address }) => address);
  lan.ipv6Router = data.defaultRouter || null;
  lan.ipv6DnsServers = [data.primaryDns, data.secondaryDns].filter((address) => address !== "");
}

/** IPv6 that is switched off, or not known to this firmware, leaves nothing to tell. */
function hasNoIpv6({ kind, status }: Refusal): boolean {
  return kind === "unsupported" || status === amtStatus.ipv6InterfaceDisabled ||
    status === amtStatus.interfaceDoesNotExist;
}

/** What the firmware tells of the wired interface alone. */
async function readWired(ask: Ask, wired: LanInterface): Promise<void> {
  const tcpip = await ask(tcpipFields, GetTcpipParameters, {});
  if (tcpip !== undefined) {
    wired.subnetMask = unlessUnset(tcpip.subnetMask);
    wired.gateway = unlessUnset(tcpip.gateway);
    wired.dnsServers = [tcpip.primaryDns, tcpip.secondaryDns].filter((address) => address !== NO_ADDRESS);
    wired.domain = tcpip.domain;
  }
  const macs = await ask([hostMacField], GetMacAddresses, {});
  if (macs !== undefined) wired.hostMacAddress = macs.host === NO_MAC ? null : macs.host;
}

function ipv6Fields(index: number): FieldPath[] {
  return [`lan.${index}.ipv6Addresses`, `lan.${index}.ipv6Router`, `lan.${index}.ipv6DnsServers`];
}

function unlessUnset(address: string): string | null {
  return address === NO_ADDRESS ? null : address;
}
