import type { Host } from "../ffi/host.ts";
import { hexAttribute, linkName } from "./sysfs_text.ts";

/** A function on the PCI bus. */
export interface PciFunction {
  /** `0000:00:16.0` */
  readonly address: string;
  readonly vendorId: number | undefined;
  readonly deviceId: number | undefined;
  /** Name of the driver that is bound to it. */
  readonly driver: string | undefined;
}

const INTEL = 0x8086;
/** Class codes of the Management Engine's functions: other communication controller, and what TXE calls itself. */
const CLASSES = [0x078000, 0x108000];
/** Where the Management Engine's functions stand: 16.0 to 16.3; those for redirection have classes of their own. */
const SLOT = /^[0-9a-f]{4,8}:00:(?:16\.[0-7]|1a\.0)$/i;

/** The function that the folder `at` shows, or `undefined` when its name is no PCI address. */
export function pciFunction(host: Host, at: string, address: string | undefined): PciFunction | undefined {
  if (address === undefined || !/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(address)) return undefined;
  return {
    address,
    vendorId: hexAttribute(host, `${at}/vendor`, 0x10000),
    deviceId: hexAttribute(host, `${at}/device`, 0x10000),
    driver: linkName(host, `${at}/driver`),
  };
}

/** PCI functions through which a Management Engine can be reached, whether a driver is bound to them or not. */
export function managementFunctions(host: Host): PciFunction[] {
  const bus = "/sys/bus/pci/devices";
  return host.list(bus).filter((name) => SLOT.test(name)).flatMap((name) => {
    const at = `${bus}/${name}`;
    const found = pciFunction(host, at, name);
    const isManagement = found?.vendorId === INTEL && CLASSES.includes(hexAttribute(host, `${at}/class`, 0x1000000)!);
    return isManagement ? [found] : [];
  });
}
