import type { Host, HostInterface } from "../../ffi/host.ts";
import { registerWordText } from "../../protocols/mei/hfsts/word.ts";
import type { MeiNode } from "../../transport/sysfs.ts";
import { hostName, searchDomains } from "../host_names.ts";
import type { Collector } from "./collector.ts";
import type { LanInterface } from "./status.ts";

/** What the operating system tells, without the firmware's help. */
export function readHost(host: Host, node: MeiNode | undefined, collector: Collector): void {
  const { status } = collector;
  status.hostName = hostName(host);
  status.dnsSuffix.host = searchDomains(host).at(-1)?.[0] ?? null;
  status.firmwareStatus = (node?.firmwareStatus ?? []).map(registerWordText);
  status.firmwareVersions = (node?.firmwareVersions ?? []).map(({ version }) => version);
  if (status.firmwareVersions.length > 0) collector.have(["firmwareVersions"]);
  if (node === undefined) collector.warn(`sysfs does not know ${status.device}: it may be no Management Engine's node`);
  else if (node.state !== undefined && node.state !== "ENABLED") {
    collector.warn(`${node.path} is ${node.state}: the firmware may not answer`);
  }
}

/** Joins AMT's interfaces with those of the operating system. */
export async function readHostAddresses(host: Host, { status: { lan } }: Collector): Promise<void> {
  if (lan.every(({ macAddress }) => macAddress === null)) return;
  const interfaces = await host.networkInterfaces();
  for (const each of lan) each.hostAddress = hostAddress(each, interfaces) ?? null;
}

/**
 * A bridge or a bond shares the MAC address of its port, and each may have several addresses; AMT's own is the one that
 * matters when it is among them.
 */
function hostAddress({ macAddress, ipAddress }: LanInterface, interfaces: readonly HostInterface[]) {
  const addresses = interfaces.filter((each) => each.macAddress === macAddress).flatMap(({ addresses }) => addresses);
  return addresses.find((address) => address === ipAddress) ?? addresses.find(isIpv4) ?? addresses[0];
}

function isIpv4(address: string): boolean {
  return !address.includes(":");
}
