import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { AMTHI, knownClients, LME, MKHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { probeClients } from "../../services/probe.ts";
import { fakeMei } from "./fake_mei.ts";
import { treeHost } from "./tree_host.ts";

const nothing = new Set<never>();
const lms = treeHost({}, { processes: [{ pid: 9, name: "lms" }] });

describe("probeClients", () => {
  it("asks for every well-known client, and closes each connection", async () => {
    const { mei, asked, openConnections } = fakeMei({ [AMTHI]: { version: 1, length: 5120 } });
    const { found, skipped } = await probeClients(mei, treeHost({}), nothing);
    expect(asked).toEqual(knownClients.map((client) => client.guid));
    expect(found).toEqual([{ guid: AMTHI, protocolVersion: 1, maxMessageLength: 5120 }]);
    expect(skipped).toEqual([]);
    expect(openConnections()).toBe(0);
  });
  it("takes a client that is busy for one that exists", async () => {
    const { mei } = fakeMei({ [LME]: new AmtError("mei.busy", "LME") });
    const { found } = await probeClients(mei, treeHost({}), nothing);
    expect(found).toEqual([{ guid: LME, protocolVersion: undefined, maxMessageLength: undefined }]);
  });
  it.each(["amt.disabled", "amt.absent"] as const)("takes %s for not offered", async (code) => {
    const { mei } = fakeMei({ [AMTHI]: new AmtError(code, "AMTHI") });
    expect((await probeClients(mei, treeHost({}), nothing)).found).toEqual([]);
  });
  it.each(["mei.permission", "mei.reset", "timeout"] as const)("ends with %s", async (code) => {
    const { mei } = fakeMei({ [MKHI]: new AmtError(code, "MKHI") });
    await expect(probeClients(mei, treeHost({}), nothing)).rejects.toMatchObject({ code });
  });
  it("leaves alone what a kernel driver holds", async () => {
    const { mei, asked } = fakeMei({});
    await probeClients(mei, treeHost({}), new Set([WATCHDOG]));
    expect(asked).not.toContain(WATCHDOG);
  });
  it("leaves LME alone while a local management service is seen, and says so", async () => {
    const { mei, asked } = fakeMei({});
    const { skipped } = await probeClients(mei, lms, nothing);
    expect(asked).not.toContain(LME);
    expect(skipped).toEqual([{ field: "clients (LME)", reason: expect.stringContaining("process lms (9)") }]);
  });
  it("asks for both when it is forced", async () => {
    const { mei, asked } = fakeMei({});
    await probeClients(mei, lms, new Set([WATCHDOG]), { force: true });
    expect(asked).toEqual(expect.arrayContaining([LME, WATCHDOG]));
  });
});
