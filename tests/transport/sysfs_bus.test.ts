import { describe, expect, it } from "vitest";
import { AMTHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { busClients, meiNodes } from "../../transport/sysfs.ts";
import { type Tree, treeHost } from "../services/tree_host.ts";

const BUS = "/sys/bus/mei/devices";

// Folder name as fwupd captured it on a machine with ME 11.8.93; attribute formats from drivers/misc/mei/bus.c:
// version %02X, max_conn and fixed %d, max_len %u, vtag %d, uuid %pUl, none with a line end.
const amthi = client(`0000:00:16.0-${AMTHI}`, {
  uuid: AMTHI,
  version: "01",
  max_conn: "1",
  fixed: "0",
  max_len: "5120",
  vtag: "0",
});

function client(name: string, attributes: Record<string, string>, parent = "0000:00:16.0"): Tree {
  return {
    [`${BUS}/${name}`]: { link: `../../../devices/pci0000:00/${parent}/${name}` },
    ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`${BUS}/${name}/${key}`, value])),
  };
}

function clients(tree: Tree) {
  const host = treeHost({ "/sys/class/mei/mei0/device": { link: "../../../0000:00:16.0" }, ...tree });
  return busClients(host, meiNodes(host)[0]!);
}

describe("busClients", () => {
  it("reads a client of a current kernel", () => {
    expect(clients(amthi)).toEqual([{
      name: `0000:00:16.0-${AMTHI}`,
      guid: AMTHI,
      protocolVersion: 1,
      maxConnections: 1,
      fixedAddress: 0,
      maxMessageLength: 5120,
      vtag: false,
      driver: undefined,
    }]);
  });

  it("reads the version as hex, as the kernel prints it", () => {
    expect(clients(client(`0000:00:16.0-${AMTHI}`, { uuid: AMTHI, version: "1A" }))[0]).toMatchObject({
      protocolVersion: 0x1a,
      maxConnections: undefined,
      vtag: undefined,
    });
  });

  it("goes by the uuid attribute when the folder is named as in old kernels", () => {
    const old = client(`mei::${WATCHDOG}:01`, { uuid: WATCHDOG, version: "01" });
    expect(clients(old).map((each) => each.guid)).toEqual([WATCHDOG]);
  });

  it("names the kernel driver that holds the client", () => {
    const name = `0000:00:16.0-${WATCHDOG}`;
    const held = { [`${BUS}/${name}/driver`]: { link: "../../../../bus/mei/drivers/mei_wdt" } };
    expect(clients({ ...client(name, { uuid: WATCHDOG }), ...held })[0]?.driver).toBe("mei_wdt");
  });

  it("leaves out the clients of another device", () => {
    expect(clients(client(`i915.mei-gsc.768-${AMTHI}`, { uuid: AMTHI }, "i915.mei-gsc.768"))).toEqual([]);
  });

  it("leaves out an entry without a GUID, and keeps the others", () => {
    const broken = client("0000:00:16.0-broken", { uuid: "not a guid", version: "01" });
    expect(clients({ ...broken, ...amthi }).map((each) => each.guid)).toEqual([AMTHI]);
  });

  it("leaves an attribute undefined when it is out of range", () => {
    const odd = { uuid: AMTHI, version: "1FF", max_conn: "999", fixed: "-1", max_len: "99999999999", vtag: "2" };
    expect(clients(client(`0000:00:16.0-${AMTHI}`, odd))).toEqual([{
      name: `0000:00:16.0-${AMTHI}`,
      guid: AMTHI,
      protocolVersion: undefined,
      maxConnections: undefined,
      fixedAddress: undefined,
      maxMessageLength: undefined,
      vtag: undefined,
      driver: undefined,
    }]);
  });
});
