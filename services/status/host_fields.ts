import type { Host } from "../../ffi/host.ts";
import type { MeiNode } from "../../transport/sysfs.ts";
import type { Collector } from "./collector.ts";

/** What the operating system tells, without the firmware's help. */
export function readHost(host: Host, node: MeiNode | undefined, collector: Collector): void {
  const { status } = collector;
  status.hostName = host.readText("/proc/sys/kernel/hostname")?.trim() || null;
  status.dnsSuffix.host = dnsSuffix(host.readText("/etc/resolv.conf") ?? "") ?? null;
  status.firmwareStatus = (node?.firmwareStatus ?? []).map((word) => word.toString(16).toUpperCase().padStart(8, "0"));
  status.firmwareVersions = (node?.firmwareVersions ?? []).map(({ version }) => version);
  if (status.firmwareVersions.length > 0) collector.have("firmwareVersions");
  if (node?.state !== undefined && node.state !== "ENABLED") {
    collector.warn(`${node.path} is ${node.state}: the firmware may not answer`);
  }
}

/** The address of the operating system's interface that shares a MAC address with one of AMT's. */
export async function readHostAddresses(host: Host, collector: Collector): Promise<void> {
  const { lan } = collector.status;
  if (lan.every(({ macAddress }) => macAddress === null)) return;
  const interfaces = await host.networkInterfaces();
  for (const each of lan) {
    const same = interfaces.find(({ macAddress }) => macAddress === each.macAddress);
    each.hostAddress = same?.addresses[0] ?? null;
  }
}

/** The first search suffix; of several `search` and `domain` lines the last one holds. Source: resolv.conf(5). */
function dnsSuffix(resolvConf: string): string | undefined {
  const lines = resolvConf.split("\n").map((line) => line.trim().split(/\s+/));
  return lines.findLast(([keyword]) => keyword === "search" || keyword === "domain")?.[1];
}
