import { describe, expect, it } from "vitest";
import { listDevices } from "../../services/devices.ts";
import { treeHost } from "./tree_host.ts";

// Captured by fwupd on a Raptor Lake machine (plugins/intel-me-pci/tests); the GPU's node as Linux names it.
const tree = {
  "/sys/class/mei/mei0/kind": "gsc\n",
  "/sys/class/mei/mei0/dev_state": "ENABLED",
  "/sys/class/mei/mei0/device": { link: "../../../i915.mei-gsc.768" },
  "/sys/class/mei/mei1/kind": "mei\n",
  "/sys/class/mei/mei1/dev_state": "ENABLED",
  "/sys/class/mei/mei1/fw_status": "90000245\n00F10506\n00000020\n00004400\n00000000\n40200002\n",
  "/sys/class/mei/mei1/fw_ver": "0:16.1.32.2473\n0:16.1.32.2473\n0:16.1.25.2035\n",
  "/sys/class/mei/mei1/hbm_ver": "2.2\n",
  "/sys/class/mei/mei1/hbm_ver_drv": "2.2\n",
  "/sys/class/mei/mei1/tx_queue_limit": "50\n",
  "/sys/class/mei/mei1/device": { link: "../../../0000:00:16.0" },
  "/sys/class/mei/mei1/device/vendor": "0x8086\n",
  "/sys/class/mei/mei1/device/device": "0x7a68\n",
  "/sys/class/mei/mei1/device/driver": { link: "../../../bus/pci/drivers/mei_me" },
};
const stats = { "/dev/mei1": { kind: "character", mode: 0o660, uid: 0, gid: 44 } } as const;

describe("listDevices", () => {
  const { devices, unavailable, warnings } = listDevices(treeHost(tree, { stats }));

  it("shows a node with its function, versions, registers and permissions", () => {
    expect(devices[1]).toEqual({
      name: "mei1",
      path: "/dev/mei1",
      kind: "mei",
      default: true,
      state: "ENABLED",
      pci: { address: "0000:00:16.0", vendorId: "8086", deviceId: "7A68", driver: "mei_me" },
      firmwareVersions: [
        { role: "main", platform: 0, version: "16.1.32.2473" },
        { role: "recovery", platform: 0, version: "16.1.32.2473" },
        { role: "factory", platform: 0, version: "16.1.25.2035" },
      ],
      hbmVersion: "2.2",
      hbmVersionDriver: "2.2",
      firmwareStatus: ["90000245", "00F10506", "00000020", "00004400", "00000000", "40200002"],
      txQueueLimit: 50,
      trc: null,
      permissions: { mode: "0660", uid: 0, gid: 44, mayOpen: false },
    });
    expect(warnings).toEqual([]);
  });
  it("writes null for what is unknown, and says why", () => {
    expect(devices[0]).toMatchObject({
      default: false,
      pci: null,
      hbmVersion: null,
      firmwareStatus: [],
      permissions: null,
    });
    const fields = unavailable.map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(["mei0.hbmVersion", "mei0.permissions", "mei1.trc"]));
    expect(fields).not.toContain("mei1.hbmVersion");
  });
  it("warns when no node is a Management Engine's", () => {
    const gpu = listDevices(treeHost({ "/sys/class/mei/mei0/kind": "gsc\n" }));
    expect(gpu.warnings).toEqual(["none of these nodes is of kind mei"]);
  });
  it("lets root open what others may not", () => {
    expect(listDevices(treeHost(tree, { stats, uid: 0 })).devices[1]!.permissions!.mayOpen).toBe(true);
  });
});
