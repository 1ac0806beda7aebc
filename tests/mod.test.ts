import { describe, expect, it } from "vitest";
import { AmtError, createSimulator, fromHex, listClients, openMachine, parseGuid, toHex } from "../mod.ts";

const mkhi = parseGuid("8e6a6715-9abc-4043-88ef-9e39c6f63e0f");

describe("the library", () => {
  it("opens a simulated machine and exchanges a message", async () => {
    await using machine = await openMachine({ device: "sim:activated" });
    const mei = await machine.openMei();
    await using connection = await mei.connect(mkhi);
    await connection.send(fromHex("ff020000"));
    expect(toHex(await connection.receive()).slice(0, 8)).toBe("ff820000");
  });

  it("lists the clients of a simulated machine", async () => {
    await using machine = await openMachine({ device: "sim" });
    const { clients } = await listClients(machine.host, { node: machine.device().node });
    expect(clients.map(({ name }) => name)).toEqual(expect.arrayContaining(["AMTHI", "LME", "WD", "MKHI"]));
  });

  it("creates a simulator with faults", async () => {
    const { mei } = createSimulator("activated", { faults: [{ kind: "reset", nth: 1 }] });
    await using connection = await mei.connect(mkhi);
    await connection.send(fromHex("ff020000"));
    await expect(connection.receive()).rejects.toMatchObject({ name: "AmtError", code: "mei.reset", exitCode: 7 });
  });

  it("tells a disabled AMT from one that is absent", async () => {
    const amthi = parseGuid("12f80028-b4b7-4b2d-aca8-46e0ff65814c");
    const exitCode = async (device: string) => {
      await using machine = await openMachine({ device });
      const mei = await machine.openMei();
      return await mei.connect(amthi).then(() => 0, (error: AmtError) => error.exitCode);
    };
    expect(await exitCode("sim:disabled")).toBe(7);
    expect(await exitCode("sim:no-amt")).toBe(6);
    expect(await exitCode("sim:acm")).toBe(0);
  });

  it("throws its errors as AmtError", async () => {
    await expect(openMachine({ device: "sim:none" })).rejects.toBeInstanceOf(AmtError);
    await expect(openMachine({ device: "mei0" })).rejects.toMatchObject({ code: "usage", exitCode: 2 });
  });
});
