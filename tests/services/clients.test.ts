import { describe, expect, it } from "vitest";
import { AMTHI, LME, MKHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { listClients } from "../../services/clients.ts";
import { meiNodes } from "../../transport/sysfs.ts";
import { fakeMei } from "./fake_mei.ts";
import { type Tree, treeHost } from "./tree_host.ts";

const UNKNOWN = "5565a099-7fe2-45c1-a22b-d7e9dfea9a2e";
const BUS = "/sys/bus/mei/devices/0000:00:16.0-";

const sysfs: Tree = {
  "/sys/class/mei/mei0/kind": "mei\n",
  "/sys/class/mei/mei0/dev_state": "ENABLED",
  "/sys/class/mei/mei0/device": { link: "../../../0000:00:16.0" },
  [`${BUS}${UNKNOWN}/uuid`]: UNKNOWN,
  [`${BUS}${UNKNOWN}/version`]: "01",
  [`${BUS}${WATCHDOG}/uuid`]: WATCHDOG,
  [`${BUS}${WATCHDOG}/version`]: "02",
  [`${BUS}${WATCHDOG}/driver`]: { link: "../../bus/mei/drivers/mei_wdt" },
  [`${BUS}${AMTHI}/uuid`]: AMTHI,
  [`${BUS}${AMTHI}/version`]: "01",
};

// Row format of Linux 6.12's drivers/misc/mei/debugfs.c.
const debugfs: Tree = {
  "/sys/kernel/debug/mei0/meclients": `  |id|fix|         UUID                       |con|msg len|sb|refc|vt|
 0|36|  0|${AMTHI}|  1|   5120| 0|   1| 0|
 1|37|  0|${LME}|  2|   8192| 0|   1| 0|
`,
};

function list(tree: Tree, options: Omit<Parameters<typeof listClients>[1], "node"> = {}, uid = 0) {
  const host = treeHost(tree, { uid });
  return listClients(host, { node: meiNodes(host)[0], ...options });
}

describe("listClients", () => {
  it("merges what sysfs, debugfs and the probe know, well-known clients first", async () => {
    const { mei, asked } = fakeMei({ [LME]: { version: 4, length: 8192 }, [MKHI]: { version: 2, length: 2048 } });
    const { clients, unavailable, warnings } = await list({ ...sysfs, ...debugfs }, { probe: mei });
    expect(
      clients.map(({ name, guid, protocolVersion, maxMessageLength, maxConnections, driver, sources }) =>
        [name ?? guid, protocolVersion, maxMessageLength, maxConnections, driver, sources.join()].join(" ")
      ),
    ).toEqual([
      "AMTHI 1 5120 1  sysfs,debugfs",
      "LME 4 8192 2  debugfs,probe",
      "WD 2   mei_wdt sysfs",
      "MKHI 2 2048   probe",
      `${UNKNOWN} 1    sysfs`,
    ]);
    expect(asked).not.toContain(WATCHDOG);
    expect(unavailable).toEqual([]);
    expect(warnings).toEqual([]);
  });
  it("knows no name and no purpose of a client that no source names", async () => {
    const { clients } = await list(sysfs);
    expect(clients.at(-1)).toMatchObject({ guid: UNKNOWN, name: null, purpose: null, maxMessageLength: null });
  });
  it("works without root, and says what root would add", async () => {
    const { clients, unavailable } = await list(sysfs, {}, 1000);
    expect(clients.map((client) => client.name)).toEqual(["AMTHI", "WD", null]);
    expect(unavailable).toEqual([{ field: "clients (debugfs)", reason: expect.stringMatching(/^only root may read/) }]);
  });
  it("gives root another reason", async () => {
    const { unavailable } = await list(sysfs);
    expect(unavailable[0]!.reason).toContain("debugfs is not mounted");
  });
  it("warns when the device is not enabled", async () => {
    const { warnings } = await list({ ...sysfs, "/sys/class/mei/mei0/dev_state": "RESETTING" });
    expect(warnings).toEqual(["/dev/mei0 is RESETTING, so the list may be incomplete"]);
  });
  it("lists what the probe finds on a device that sysfs does not know", async () => {
    const { mei } = fakeMei({ [AMTHI]: { version: 1, length: 5120 } });
    const { clients, unavailable } = await list({}, { probe: mei });
    expect(clients).toMatchObject([{ guid: AMTHI, sources: ["probe"] }]);
    expect(unavailable).toMatchObject([{ field: "clients" }]);
  });
});
