import { describe, expect, it } from "vitest";
import { noDevice } from "../../services/no_device.ts";
import { type Tree, treeHost } from "./tree_host.ts";

const PCI = "/sys/bus/pci/devices/0000:00:16.0";
const pci: Tree = { [`${PCI}/vendor`]: "0x8086\n", [`${PCI}/device`]: "0x51e0\n", [`${PCI}/class`]: "0x078000\n" };
const bound: Tree = { [`${PCI}/driver`]: { link: "../../../../bus/pci/drivers/mei_me" } };
const loaded: Tree = { "/sys/module/mei_me/refcnt": "0\n" };

describe("noDevice", () => {
  it.each<[string, Tree, string, string]>([
    ["there is no PCI function", {}, "no PCI function", "firmware setup"],
    ["the driver is not loaded", pci, "no driver is bound to the PCI function 0000:00:16.0", "modprobe mei_me"],
    ["the driver is loaded and not bound", { ...pci, ...loaded }, "no driver is bound", "mei_me/bind"],
    ["the driver made no node", { ...pci, ...loaded, ...bound }, "mei_me is bound to 0000:00:16.0", "dmesg"],
    ["all nodes are of a GPU", { "/sys/class/mei/mei0/kind": "gsc\n" }, "/dev/mei0 is gsc", "firmware setup"],
  ])("says what to do when %s", (_case, tree, message, hint) => {
    const error = noDevice(treeHost(tree));
    expect(error).toMatchObject({ code: "mei.absent", exitCode: 3 });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
  it("leaves out functions that are no Management Engine's", () => {
    const serial = { ...pci, [`${PCI}/class`]: "0x070002\n" };
    const other = { ...pci, [`${PCI}/vendor`]: "0x1022\n" };
    for (const tree of [serial, other]) expect(noDevice(treeHost(tree)).details.pciFunction).toBeNull();
  });
});
