import type { Host } from "../ffi/host.ts";
import { type PciFunction, pciFunction } from "./sysfs_pci.ts";
import { decimalAttribute, lineAttribute, linkName, textAttribute } from "./sysfs_text.ts";

export { type BusClient, busClients } from "./sysfs_bus.ts";
export { type DebugfsClient, debugfsClients, meclientsPath } from "./sysfs_debugfs.ts";
export { managementFunctions, type PciFunction } from "./sysfs_pci.ts";

/** A firmware version as `fw_ver` prints it, `platform:major.minor.hotfix.build`. */
export interface NodeFirmwareVersion {
  readonly platform: number;
  /** `major.minor.hotfix.build` */
  readonly version: string;
}

/**
 * One node of the mei driver, as /sys/class/mei/meiN shows it. Attributes that the running kernel does not have, or
 * that do not read as they should, are `undefined`. Source: Documentation/ABI/testing/sysfs-class-mei.
 */
export interface MeiNode {
  /** `mei0` */
  readonly name: string;
  /** `/dev/mei0` */
  readonly path: string;
  /** `mei`, `itouch`, `gsc`, `gscfi`; kernels before 5.8 do not tell. */
  readonly kind: string | undefined;
  /** `ENABLED`, `RESETTING` …; since kernel 5.1. */
  readonly state: string | undefined;
  /** HFSTS1 to 6, as many as the hardware has. */
  readonly firmwareStatus: readonly number[];
  /** Running firmware, recovery image, factory image, in this order; empty when the kernel could not read them. */
  readonly firmwareVersions: readonly NodeFirmwareVersion[];
  /** Version of the host bus messages that was agreed on, `2.2`. */
  readonly hbmVersion: string | undefined;
  /** The newest version that the driver knows. */
  readonly hbmVersionDriver: string | undefined;
  /** Messages that may wait to be sent on one descriptor. */
  readonly txQueueLimit: number | undefined;
  /** Trace status register; Tiger Lake and later. */
  readonly trc: number | undefined;
  /** The device that carries the node: a PCI address, or the name of a platform or auxiliary device. */
  readonly parent: string | undefined;
  readonly pci: PciFunction | undefined;
}

const CLASS = "/sys/class/mei";

/** All nodes of the mei driver in the order of their numbers. */
export function meiNodes(host: Host): MeiNode[] {
  return host.list(CLASS).filter((name) => /^mei\d{0,4}$/.test(name)).sort(byNumber).map((name) => node(host, name));
}

/** The node of the Management Engine: never assumed to be mei0, since a discrete GPU brings nodes of other kinds. */
export function chooseNode(host: Host): MeiNode | undefined {
  const nodes = meiNodes(host);
  return nodes.find((each) => each.kind === "mei") ?? nodes.find((each) => each.kind === undefined);
}

function node(host: Host, name: string): MeiNode {
  const at = `${CLASS}/${name}`;
  const parent = linkName(host, `${at}/device`);
  return {
    name,
    path: `/dev/${name}`,
    kind: textAttribute(host, `${at}/kind`),
    state: textAttribute(host, `${at}/dev_state`),
    firmwareStatus: words(lineAttribute(host, `${at}/fw_status`)),
    firmwareVersions: lineAttribute(host, `${at}/fw_ver`).flatMap(firmwareVersion),
    hbmVersion: version(textAttribute(host, `${at}/hbm_ver`)),
    hbmVersionDriver: version(textAttribute(host, `${at}/hbm_ver_drv`)),
    txQueueLimit: decimalAttribute(host, `${at}/tx_queue_limit`, 0, 0xffff),
    trc: words(lineAttribute(host, `${at}/trc`))[0],
    parent,
    pci: pciFunction(host, `${at}/device`, parent),
  };
}

/** Registers follow one another, so the first malformed one ends the list. */
function words(lines: string[]): number[] {
  const end = lines.findIndex((line) => !/^[0-9a-f]{8}$/i.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => parseInt(line, 16));
}

/** The kernel prints zeros when it could not ask the firmware. */
function firmwareVersion(line: string): NodeFirmwareVersion[] {
  const match = /^(\d{1,3}):(\d{1,5}\.\d{1,5}\.\d{1,5}\.\d{1,5})$/.exec(line);
  if (match === null || match[2] === "0.0.0.0") return [];
  return [{ platform: Number(match[1]), version: match[2]! }];
}

function version(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,3}\.\d{1,3}$/.test(text) ? text : undefined;
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(3)) - Number(b.slice(3));
}
