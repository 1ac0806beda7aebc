import { describe, expect, it } from "vitest";
import { chooseNode, meiNodes } from "../../transport/sysfs.ts";
import { treeHost } from "../services/tree_host.ts";

// Formats: Documentation/ABI/testing/sysfs-class-mei. The register words and versions were captured by fwupd on a
// Raptor Lake machine (plugins/intel-me-pci/tests, PCI 8086:7A68, firmware 16.1.32.2473).
const raptorLake = {
  "/sys/class/mei/mei0/dev_state": "ENABLED",
  "/sys/class/mei/mei0/kind": "mei\n",
  "/sys/class/mei/mei0/fw_status": "90000245\n00F10506\n00000020\n00004400\n00000000\n40200002\n",
  "/sys/class/mei/mei0/fw_ver": "0:16.1.32.2473\n0:16.1.32.2473\n0:16.1.25.2035\n",
  "/sys/class/mei/mei0/hbm_ver": "2.2\n",
  "/sys/class/mei/mei0/hbm_ver_drv": "2.2\n",
  "/sys/class/mei/mei0/tx_queue_limit": "50\n",
  "/sys/class/mei/mei0/trc": "0000E000\n",
  "/sys/class/mei/mei0/device": { link: "../../../0000:00:16.0" },
  "/sys/class/mei/mei0/device/vendor": "0x8086\n",
  "/sys/class/mei/mei0/device/device": "0x7a68\n",
  "/sys/class/mei/mei0/device/driver": { link: "../../../bus/pci/drivers/mei_me" },
};

describe("meiNodes", () => {
  it("reads every attribute of a current kernel", () => {
    expect(meiNodes(treeHost(raptorLake))).toEqual([{
      name: "mei0",
      path: "/dev/mei0",
      kind: "mei",
      state: "ENABLED",
      firmwareStatus: [0x90000245, 0x00f10506, 0x20, 0x4400, 0, 0x40200002],
      firmwareVersions: [
        { platform: 0, version: "16.1.32.2473" },
        { platform: 0, version: "16.1.32.2473" },
        { platform: 0, version: "16.1.25.2035" },
      ],
      hbmVersion: "2.2",
      hbmVersionDriver: "2.2",
      txQueueLimit: 50,
      trc: 0xe000,
      parent: "0000:00:16.0",
      pci: { address: "0000:00:16.0", vendorId: 0x8086, deviceId: 0x7a68, driver: "mei_me" },
    }]);
  });

  it("orders nodes by their number", () => {
    const nodes = meiNodes(treeHost({
      "/sys/class/mei/mei10/kind": "gsc",
      "/sys/class/mei/mei2/kind": "gscfi",
      "/sys/class/mei/meix/kind": "mei",
    }));
    expect(nodes.map((node) => node.name)).toEqual(["mei2", "mei10"]);
  });

  it("leaves an attribute undefined when it is malformed, and reads the others", () => {
    const [node] = meiNodes(treeHost({
      ...raptorLake,
      "/sys/class/mei/mei0/kind": "x".repeat(5000),
      "/sys/class/mei/mei0/fw_status": "90000245\nnonsense\n00000020\n",
      "/sys/class/mei/mei0/fw_ver": "0:0.0.0.0\n16.1\n0:16.1.25.2035\n",
      "/sys/class/mei/mei0/hbm_ver": "two\n",
      "/sys/class/mei/mei0/tx_queue_limit": "-1\n",
      "/sys/class/mei/mei0/trc": "0x1\n",
      "/sys/class/mei/mei0/device": { link: "../../../i915.mei-gsc.768" },
    }));
    expect(node).toMatchObject({
      kind: undefined,
      state: "ENABLED",
      firmwareStatus: [0x90000245],
      firmwareVersions: [{ platform: 0, version: "16.1.25.2035" }],
      hbmVersion: undefined,
      txQueueLimit: undefined,
      trc: undefined,
      parent: "i915.mei-gsc.768",
      pci: undefined,
    });
  });

  it("is empty when there is no driver", () => {
    expect(meiNodes(treeHost({}))).toEqual([]);
  });
});

describe("chooseNode", () => {
  it("takes the node of kind mei, whatever its number", () => {
    const host = treeHost({ "/sys/class/mei/mei0/kind": "gsc\n", "/sys/class/mei/mei1/kind": "mei\n" });
    expect(chooseNode(host)?.path).toBe("/dev/mei1");
  });
  it("accepts a node without kind, as kernels before 5.8 have it", () => {
    expect(chooseNode(treeHost({ "/sys/class/mei/mei0/hbm_ver": "2.0\n" }))?.path).toBe("/dev/mei0");
  });
  it("takes no node of another kind", () => {
    expect(chooseNode(treeHost({ "/sys/class/mei/mei0/kind": "gsc\n" }))).toBeUndefined();
  });
});
