import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import { MKHI } from "../../protocols/mei/known_clients.ts";
import { profileNames } from "../../simulator/mod.ts";

describe("openMachine", () => {
  it.each(profileNames)("simulates %s, with a node and a firmware behind it", async (profile) => {
    await using machine = await openMachine({ device: `sim:${profile}` });
    expect(machine.device()).toMatchObject({ name: `sim:${profile}`, path: "/dev/mei0", node: { kind: "mei" } });
    const mei = await machine.openMei();
    await using connection = await mei.connect(MKHI);
    expect(connection.maxMessageLength).toBe(2048);
  });
  it("simulates the activated profile when none is named", async () => {
    expect((await openMachine({ device: "sim" })).device().name).toBe("sim:activated");
  });
  it.each(["sim:nope", "sim:", "mei0", ""])("refuses %j", async (device) => {
    await expect(openMachine({ device })).rejects.toMatchObject({ code: "usage" });
  });
  it("throws mei.absent when the named node does not exist", async () => {
    const machine = await openMachine({ device: "/nonexistent/mei0" });
    expect(() => machine.device()).toThrowError(expect.objectContaining({ code: "mei.absent" }));
    await expect(machine.openMei()).rejects.toMatchObject({ code: "mei.absent" });
  });
});
