import type { Host } from "../ffi/host.ts";
import { chooseNode, type MeiNode, meiNodes } from "../transport/sysfs.ts";
import type { Missing } from "./missing.ts";

/** A node of the mei driver, for a person who wants to know what there is. Unknown is `null`. */
interface DeviceInfo {
  name: string;
  path: string;
  kind: string | null;
  /** Whether commands use it when no other is named. */
  default: boolean;
  state: string | null;
  pci: { address: string; vendorId: string | null; deviceId: string | null; driver: string | null } | null;
  firmwareVersions: { role: "main" | "recovery" | "factory"; platform: number; version: string }[];
  hbmVersion: string | null;
  hbmVersionDriver: string | null;
  /** HFSTS1 to 6, eight hex digits each. */
  firmwareStatus: string[];
  txQueueLimit: number | null;
  trc: string | null;
  permissions: { mode: string; uid: number; gid: number; mayOpen: boolean | null } | null;
}

/** Lists every node that the machine has, and says what could not be read. */
export function listDevices(host: Host): { devices: DeviceInfo[]; unavailable: Missing[]; warnings: string[] } {
  const chosen = chooseNode(host)?.name;
  const nodes = meiNodes(host);
  return {
    devices: nodes.map((node) => device(host, node, node.name === chosen)),
    unavailable: nodes.flatMap((node) => missing(host, node)),
    warnings: nodes.length > 0 && chosen === undefined ? ["none of these nodes is of kind mei"] : [],
  };
}

function device(host: Host, node: MeiNode, isDefault: boolean): DeviceInfo {
  return {
    name: node.name,
    path: node.path,
    kind: node.kind ?? null,
    default: isDefault,
    state: node.state ?? null,
    pci: node.pci === undefined ? null : {
      address: node.pci.address,
      vendorId: hex(node.pci.vendorId, 4),
      deviceId: hex(node.pci.deviceId, 4),
      driver: node.pci.driver ?? null,
    },
    firmwareVersions: node.firmwareVersions.slice(0, 3).map((each, index) => ({
      role: (["main", "recovery", "factory"] as const)[index]!,
      platform: each.platform,
      version: each.version,
    })),
    hbmVersion: node.hbmVersion ?? null,
    hbmVersionDriver: node.hbmVersionDriver ?? null,
    firmwareStatus: node.firmwareStatus.map((word) => hex(word, 8)!),
    txQueueLimit: node.txQueueLimit ?? null,
    trc: hex(node.trc, 8),
    permissions: permissions(host, node.path),
  };
}

function permissions(host: Host, path: string): DeviceInfo["permissions"] {
  const stat = host.stat(path);
  if (stat === undefined) return null;
  const mayOpen = host.access(path, "write") ?? null;
  return { mode: stat.mode.toString(8).padStart(4, "0"), uid: stat.uid, gid: stat.gid, mayOpen };
}

function missing(host: Host, node: MeiNode): Missing[] {
  const old = (version: string) => `the kernel does not show it (it does since ${version})`;
  const absent: [string, boolean, string][] = [
    ["kind", node.kind === undefined, old("5.8")],
    ["state", node.state === undefined, old("5.1")],
    ["firmwareVersions", node.firmwareVersions.length === 0, "the driver could not ask the firmware"],
    ["firmwareStatus", node.firmwareStatus.length === 0, "the hardware or the kernel shows no status registers"],
    ["hbmVersion", node.hbmVersion === undefined, old("4.9")],
    ["trc", node.trc === undefined, "the hardware (before Tiger Lake) or the kernel does not show it"],
    ["permissions", host.stat(node.path) === undefined, `${node.path} does not exist`],
  ];
  return absent.flatMap(([field, isMissing, reason]) => isMissing ? [{ field: `${node.name}.${field}`, reason }] : []);
}

function hex(value: number | undefined, digits: number): string | null {
  return value === undefined ? null : value.toString(16).toUpperCase().padStart(digits, "0");
}
