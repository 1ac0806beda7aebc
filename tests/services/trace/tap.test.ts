import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { guid } from "../../../core/guid.ts";
import { MKHI } from "../../../protocols/mei/known_clients.ts";
import { tapEventText, TappedMei } from "../../../services/trace/tap.ts";
import { createSimulator, type SimulatorOptions } from "../../../simulator/mod.ts";

const GET_FW_VERSION = Uint8Array.of(0xff, 0x02, 0, 0);

function tapped(options: SimulatorOptions = {}) {
  const told: string[] = [];
  const simulator = createSimulator("activated", options);
  let number = 0;
  const mei = new TappedMei(simulator.mei, (event, { client, connection }) => {
    const more = event.event === "message" ? `${event.direction} ${event.bytes.length}` : tapEventText(event) ?? "";
    told.push(`${connection} ${client === MKHI ? "MKHI" : client} ${event.event} ${more}`.trim());
  }, () => ++number);
  return { mei, told, simulator };
}

describe("TappedMei", () => {
  it("tells of each connection and each message, in order", async () => {
    const { mei, told } = tapped();
    for (let i = 0; i < 2; i++) {
      await using connection = await mei.connect(MKHI);
      expect([connection.maxMessageLength, connection.protocolVersion]).toEqual([2048, 2]);
      await connection.send(GET_FW_VERSION);
      expect(await connection.receive()).toHaveLength(28);
    }
    const one = [
      "MKHI connect",
      "MKHI connected version 2, messages up to 2048 bytes",
      "MKHI message toFirmware 4",
      "MKHI message fromFirmware 28",
      "MKHI disconnect",
    ];
    expect(told).toEqual([...one.map((text) => `1 ${text}`), ...one.map((text) => `2 ${text}`)]);
  });
  it("tells of a refusal, and rejects with it", async () => {
    const { mei, told } = tapped();
    const nobody = guid("00000000-1111-2222-3333-444444444444");
    await expect(mei.connect(nobody)).rejects.toMatchObject({ code: "mei.clientNotOffered" });
    expect(told).toEqual([`1 ${nobody} connect`, expect.stringMatching(/refused .* \(mei\.clientNotOffered\)$/)]);
  });
  it("tells once that the firmware restarted", async () => {
    const { mei, told } = tapped({ faults: [{ kind: "reset", nth: 1 }] });
    const connection = await mei.connect(MKHI);
    await connection.send(GET_FW_VERSION);
    await expect(connection.receive()).rejects.toMatchObject({ code: "mei.reset" });
    await expect(connection.receive()).rejects.toMatchObject({ code: "mei.reset" });
    await expect(connection.send(GET_FW_VERSION)).rejects.toMatchObject({ code: "mei.reset" });
    await connection[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    expect(told.map((text) => text.split(" ")[2])).toEqual([
      ...["connect", "connected", "message", "lost", "message", "unsent", "disconnect"],
    ]);
  });
  it("takes the end of a wait for no end of the connection", async () => {
    const { mei, told } = tapped();
    await using connection = await mei.connect(MKHI);
    const signal = AbortSignal.abort(new AmtError("timeout", "late"));
    await expect(connection.receive({ signal })).rejects.toMatchObject({ code: "timeout" });
    const long = new Uint8Array(3000);
    await expect(connection.send(long)).rejects.toMatchObject({ code: "usage" });
    expect(told.slice(2)).toEqual(["1 MKHI message toFirmware 3000", expect.stringContaining("1 MKHI unsent")]);
  });
});
