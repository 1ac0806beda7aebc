import type { Host } from "../../ffi/host.ts";
import { managementFunctions, type PciFunction } from "../../transport/sysfs.ts";
import { attention, type Facts, type Found, note, ok } from "./check.ts";

/** Whether the chipset shows a Management Engine at all. */
export function checkPci({ host, device }: Facts): Found {
  const [found] = managementFunctions(host);
  if (found !== undefined) return ok(`${found.address}, ${pciId(found)}`);
  if (device !== undefined) {
    const parent = device.node?.parent;
    const where = parent === undefined ? "" : ` on ${parent}`;
    return note(`no PCI function of a Management Engine, yet ${device.path} is there${where}`);
  }
  const causes = [...causesInSight(host), ...otherCauses];
  return attention("no PCI function of a Management Engine is there (00:16.0, class 0780)", {
    causes,
    fix: "Switch the Management Engine on in the firmware setup, then start again; on a virtual machine, run amtctl " +
      "on the machine below it",
  });
}

/** Vendor and device, as lspci writes them. */
export function pciId({ vendorId, deviceId }: PciFunction): string {
  return [vendorId, deviceId].map((id) => id?.toString(16).padStart(4, "0") ?? "????").join(":");
}

const otherCauses = [
  "the firmware setup hides it (menus call it Intel ME, HECI or manageability): lspci shows the rest of an Intel " +
  "chipset, and nothing at 00:16.0",
  "the Management Engine was disabled for good, or its firmware is damaged: the firmware setup then shows no ME " +
  "version, or 0.0.0.0",
  "the chipset is not of Intel: lspci shows whose it is",
];

/** What /proc/cpuinfo shows. */
function causesInSight(host: Host): string[] {
  const text = host.readText("/proc/cpuinfo") ?? "";
  const vendor = /^vendor_id\s*:\s*(\S+)/m.exec(text)?.[1];
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(text);
  return [
    ...(isVirtual ? ["this machine is virtual: /proc/cpuinfo has the flag hypervisor"] : []),
    ...(vendor === undefined || vendor === "GenuineIntel"
      ? []
      : [`the processor is no Intel one: /proc/cpuinfo says ${vendor}`]),
  ];
}
