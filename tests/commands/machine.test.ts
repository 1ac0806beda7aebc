import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import { guid } from "../../core/guid.ts";
import { AMTHI, MKHI } from "../../protocols/mei/known_clients.ts";
import { profileNames } from "../../simulator/mod.ts";

/** A client that no firmware has. */
const NOBODY = guid("00000000-0000-4000-8000-000000000001");

describe("openMachine", () => {
  it.each(profileNames)("simulates %s, with a node and a firmware behind it", async (profile) => {
    await using machine = await openMachine({ device: `sim:${profile}` });
    expect(machine.device()).toMatchObject({ name: `sim:${profile}`, path: "/dev/mei0", node: { kind: "mei" } });
    const mei = await machine.openMei();
    await using connection = await mei.connect(MKHI);
    expect(connection.maxMessageLength).toBe(2048);
  });
  it.each([["disabled", "amt.disabled"], ["no-amt", "amt.absent"]])(
    "tells a missing AMTHI of %s as %s",
    async (profile, code) => {
      await using machine = await openMachine({ device: `sim:${profile}` });
      const mei = await machine.openMei();
      await expect(mei.connect(AMTHI)).rejects.toMatchObject({ code });
      await expect(mei.connect(NOBODY)).rejects.toMatchObject({ code: "mei.clientNotOffered" });
    },
  );
  it("simulates the activated profile when none is named", async () => {
    expect((await openMachine({ device: "sim" })).device().name).toBe("sim:activated");
  });
  it.each(["sim:nope", "sim:", "mei0", ""])("refuses %j", async (device) => {
    await expect(openMachine({ device })).rejects.toMatchObject({ code: "usage" });
  });
  it.each([["/proc", "a directory"], ["/proc/version", "a file"]])("refuses %s, which is %s", async (device, what) => {
    const machine = await openMachine({ device });
    const error = { code: "usage", exitCode: 2, message: `${device} is ${what}, and no node of the mei driver` };
    expect(() => machine.device()).toThrowError(expect.objectContaining(error));
    await expect(machine.openMei()).rejects.toMatchObject(error);
  });
  it("takes a character device that sysfs does not know", async () => {
    const machine = await openMachine({ device: "/dev/null" });
    expect(machine.device()).toEqual({ name: "/dev/null", path: "/dev/null", node: undefined });
  });
  it("throws mei.absent when the named node does not exist", async () => {
    const machine = await openMachine({ device: "/nonexistent/mei0" });
    expect(() => machine.device()).toThrowError(expect.objectContaining({ code: "mei.absent" }));
    await expect(machine.openMei()).rejects.toMatchObject({ code: "mei.absent" });
  });
});
