import { describe, expect, it } from "vitest";
import devices from "../../commands/devices.ts";
import { openMachine } from "../../commands/machine.ts";
import { treeHost } from "../services/tree_host.ts";
import { fakeContext, plain } from "./fakes.ts";

describe("devices", () => {
  it("answers with the nodes of the machine", async () => {
    await using machine = await openMachine({ device: "sim:no-amt" });
    const output = await devices.run(fakeContext(machine), {}, []);
    expect(output.devices).toMatchObject([{ path: "/dev/mei0", kind: "mei", default: true, state: "ENABLED" }]);
  });
  it("rejects with mei.absent when there is no node", async () => {
    const run = devices.run(fakeContext({ host: treeHost({}) }), {}, []);
    await expect(run).rejects.toMatchObject({ code: "mei.absent" });
  });
  it("renders a block for each node", async () => {
    const host = treeHost({
      "/sys/class/mei/mei0/kind": "mei\n",
      "/sys/class/mei/mei0/dev_state": "EN\x1b[31mABLED",
      "/sys/class/mei/mei0/fw_ver": "0:16.1.32.2473\n0:16.1.32.2473\n0:16.1.25.2035\n",
      "/sys/class/mei/mei0/fw_status": "90000245\n00F10506\n",
      "/sys/class/mei/mei1/kind": "gsc\n",
    }, { stats: { "/dev/mei0": { kind: "character", mode: 0o600, uid: 0, gid: 0 } } });
    const output = await devices.run(fakeContext({ host }), {}, []);
    expect(devices.render(output, plain, {})).toMatchInlineSnapshot(`
      "mei0
        path          /dev/mei0 (default)
        kind          mei
        state         EN\\x1b[31mABLED
        pci function  -
        firmware      main 16.1.32.2473, recovery 16.1.32.2473, factory 16.1.25.2035
        hbm version   -
        fw_status     90000245 00F10506
        queue limit   -
        trc           -
        permissions   0600 uid 0 gid 0, this user may not open it

      mei1
        path          /dev/mei1
        kind          gsc
        state         -
        pci function  -
        firmware      -
        hbm version   -
        fw_status     -
        queue limit   -
        trc           -
        permissions   -"
    `);
  });
});
