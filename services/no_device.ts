import { AmtError } from "../core/errors/mod.ts";
import type { Host } from "../ffi/host.ts";
import { managementFunctions, meiNodes } from "../transport/sysfs.ts";

/** `mei.absent`, with the step that is missing as far as this machine shows it. */
export function noDevice(host: Host): AmtError {
  const nodes = meiNodes(host);
  const [pci] = managementFunctions(host);
  const moduleLoaded = host.stat("/sys/module/mei_me") !== undefined;
  const details = {
    pciFunction: pci?.address ?? null,
    driver: pci?.driver ?? null,
    moduleLoaded,
    otherNodes: nodes.map((node) => ({ path: node.path, kind: node.kind ?? null })),
  };
  const { message, hint } = reason();
  return new AmtError("mei.absent", message, { hint, details });

  function reason(): { message: string; hint: string } {
    if (pci?.driver !== undefined) {
      return {
        message: `no Management Engine device: ${pci.driver} is bound to ${pci.address} but made no node`,
        hint: "See what the driver says (dmesg | grep mei); the firmware may be in recovery or turned off",
      };
    }
    if (pci !== undefined) {
      return {
        message: `no Management Engine device: no driver is bound to the PCI function ${pci.address}`,
        hint: moduleLoaded
          ? `Bind it (echo ${pci.address} > /sys/bus/pci/drivers/mei_me/bind), or see why not: dmesg | grep mei`
          : "Load the driver: modprobe mei_me",
      };
    }
    const other = nodes.map((node) => `${node.path} is ${node.kind}`).join(", ");
    return {
      message: `no Management Engine device: no PCI function of one is there${other === "" ? "" : ` (${other})`}`,
      hint: "Check that the firmware setup leaves the Management Engine on (lspci -s 16.0 shows it then); machines " +
        "without an Intel chipset, and most virtual ones, have none",
    };
  }
}
