import { describe, expect, it } from "vitest";
import clients from "../../commands/clients.ts";
import { openMachine } from "../../commands/machine.ts";
import { fakeContext, plain } from "./fakes.ts";

async function run(device: string, flags: { probe: boolean; force: boolean }) {
  await using machine = await openMachine({ device });
  const context = fakeContext(machine);
  return { output: await clients.run(context, flags, []), notes: context.notes.all };
}

describe("clients", () => {
  it("answers with the device and its clients, and connects to none unless it probes", async () => {
    const { output, notes } = await run("sim:disabled", { probe: false, force: false });
    expect(output.device).toBe("sim:disabled");
    expect(output.clients.map((client) => client.name)).not.toContain("AMTHI");
    expect(output.clients.every((client) => !client.sources.includes("probe"))).toBe(true);
    expect(notes).toEqual([]);
  });
  it("probes with progress, and leaves the kernel's clients alone", async () => {
    const { output, notes } = await run("sim:activated", { probe: true, force: false });
    const sources = new Map(output.clients.map((client) => [client.name, client.sources]));
    expect(sources.get("LME")).toContain("probe");
    expect(sources.get("WD")).not.toContain("probe");
    expect(notes[0]).toMatch(/^1\/\d+ AMTHI$/);
  });
  it("renders a table", () => {
    const client = {
      purpose: "status",
      protocolVersion: 1,
      maxMessageLength: 5120,
      maxConnections: 1,
      fixedAddress: 0,
      vtag: false,
      driver: null,
    };
    const output = {
      device: "/dev/mei0",
      clients: [
        { guid: "12f80028-b4b7-4b2d-aca8-46e0ff65814c", name: "AMTHI", ...client, sources: ["sysfs" as const] },
        { guid: "5565a099-7fe2-45c1-a22b-d7e9dfea9a2e", name: null, ...client, maxConnections: null, sources: [] },
      ],
      unavailable: [],
      warnings: [],
    };
    expect(clients.render(output, plain, { probe: false, force: false })).toMatchInlineSnapshot(`
      "NAME   GUID                                  VER  MAXLEN  CONN  FIXED  DRIVER  SOURCES  PURPOSE
      AMTHI  12f80028-b4b7-4b2d-aca8-46e0ff65814c    1    5120     1      0  -       sysfs    status
      -      5565a099-7fe2-45c1-a22b-d7e9dfea9a2e    1    5120     -      0  -       -        status"
    `);
  });
  it("renders that nothing is known", () => {
    const output = { device: "/dev/mei0", clients: [], unavailable: [], warnings: [] };
    expect(clients.render(output, plain, { probe: false, force: false })).toBe("/dev/mei0: no clients are known");
  });
});
