import type { Host } from "../../ffi/host.ts";
import { managementFunctions, type PciFunction } from "../../transport/sysfs.ts";
import { attention, type Facts, type Found, note, ok } from "./check.ts";
import { pciId } from "./pci.ts";

const MODULE_FOLDERS = ["/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"];
/** Lines of modprobe.d(5) that keep the driver from being loaded. */
const FORBIDS = /^[ \t]*(?:blacklist[ \t]+mei[_-]me|install[ \t]+mei(?:[_-]me)?)\b.*/m;
const FORBIDS_AT_START = /(?:^|\s)(?:module_blacklist|modprobe\.blacklist)=(?:\S*,)?mei(?:[_-]me)?(?=[,\s]|$)/;

/** Whether a mei driver drives the PCI function. */
export function checkDriver({ host }: Facts): Found {
  const [found] = managementFunctions(host);
  if (found === undefined) return note("no PCI function whose driver could be looked at");
  const { address, driver } = found;
  if (driver === undefined) return unbound(host, found);
  if (driver.startsWith("mei")) return ok(`${driver} is bound to ${address}`);
  return attention(`${driver} is bound to ${address}, where mei_me belongs`, {
    causes: [
      `the function is set aside for a virtual machine, as vfio-pci and pci-stub do: lspci -k -s ${address} and the ` +
      "settings of virtual machines show it",
    ],
    fix: `echo ${address} > /sys/bus/pci/drivers/${driver}/unbind; echo ${address} > /sys/bus/pci/drivers_probe`,
  });
}

function unbound(host: Host, found: PciFunction): Found {
  const { address } = found;
  const forbidden = forbiddenBy(host);
  if (host.stat("/sys/module/mei_me") !== undefined) return leftAlone(found);
  if (forbidden !== undefined) {
    return attention(`no driver is bound to ${address}: ${forbidden} keeps mei_me from being loaded`, {
      causes: [`somebody wanted it so, or a package that hides the Management Engine did: see ${forbidden}`],
      fix: "Take that entry out, then: modprobe mei_me",
    });
  }
  return attention(`no driver is bound to ${address}: the module mei_me is not loaded`, {
    causes: [
      "it was unloaded, or this system loads no drivers by itself: modprobe mei_me loads it",
      "this kernel came without it: modinfo mei_me finds nothing",
      "the kernel refuses it, for want of a signature: dmesg says so after modprobe mei_me",
    ],
    fix: "modprobe mei_me",
  });
}

function leftAlone(found: PciFunction): Found {
  const { address } = found;
  const device = pciId(found).slice(-4);
  return attention(`no driver is bound to ${address}: mei_me is loaded and has left it alone`, {
    causes: [
      `this kernel's driver is older than the machine: modinfo mei_me | grep -i d0000${device} finds nothing`,
      "the firmware did not answer the driver: dmesg | grep mei shows how it gave up",
      "somebody unbound it: then binding it works",
    ],
    fix: `echo ${address} > /sys/bus/pci/drivers/mei_me/bind; where that fails, use a newer kernel`,
  });
}

/** The file that keeps the driver from being loaded. */
function forbiddenBy(host: Host): string | undefined {
  if (FORBIDS_AT_START.test(host.readText("/proc/cmdline") ?? "")) return "the kernel's command line (/proc/cmdline)";
  const files = MODULE_FOLDERS.flatMap((folder) => host.list(folder).map((name) => `${folder}/${name}`));
  return files.find((path) => path.endsWith(".conf") && FORBIDS.test(host.readText(path) ?? ""));
}
