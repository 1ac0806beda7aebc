import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { LME } from "../../../protocols/mei/known_clients.ts";
import { encodePacket, PACKET_HEAD, type WholePacket } from "../../../services/trace/packet.ts";
import { enhancedPacket, interfaceDescription, sectionHeader } from "../../../services/trace/pcapng.ts";
import { recordsOf } from "../../../services/trace/read_trace.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const lines = (...all: unknown[]) => utf8(all.map((line) => JSON.stringify(line)).join("\n"));
const line = { t_ms: 5, dir: "host->fw", guid: LME, hex: "6100000001" };

const close: WholePacket = {
  event: "message",
  direction: "toFirmware",
  client: LME,
  connection: 3,
  body: Uint8Array.of(97, 0, 0, 0, 1),
};

/** A file of packets with these bytes. */
function file(packets: readonly Uint8Array[], linkType = 147): Uint8Array {
  const times = packets.map((data, i) => {
    const time = 1_700_000_000_000_000 + 1500 * i;
    return enhancedPacket(data, { time, direction: "outbound", length: data.length, comment: "" });
  });
  const head = [sectionHeader("a"), interfaceDescription({ linkType, name: "b", description: "c" })];
  return Uint8Array.from([...head, ...times].flatMap((part) => [...part]));
}

describe("encodePacket", () => {
  it("is laid out as docs/trace-format.md says", () => {
    // By hand from that page.
    expect(Buffer.from(encodePacket(close, 1)).toString("hex")).toBe(
      "01" + "00" + "00" + "01" + "dba43367" + "7604" + "7b4e" + "b3af" + "bcfc29bee7a7" + "03000000" + "05000000" +
        "61",
    );
    const text: WholePacket = { ...close, event: "lost", direction: "fromFirmware", body: utf8("gone") };
    expect(Buffer.from(encodePacket(text)).toString("hex")).toBe(
      "01" + "05" + "01" + "00" + "dba4336776047b4eb3afbcfc29bee7a7" + "03000000" + "04000000" + "676f6e65",
    );
  });
});

describe("recordsOf a pcapng file", () => {
  it("yields what was written, with time and connection", () => {
    const whole = encodePacket(close);
    const [first, second] = [...recordsOf(file([whole, encodePacket(close, 1)]))];
    const { event, direction, client, connection } = close;
    expect(first).toEqual({
      ...{ frame: 1, time: 1_700_000_000_000, ms: 0 },
      ...{ event, direction, client, connection, length: 5, body: close.body },
    });
    expect(second).toMatchObject({ frame: 2, ms: 1.5, length: 5, body: Uint8Array.of(97) });
  });
  it("throws usage for a file with packets of other link types alone", () => {
    expect(() => [...recordsOf(file([encodePacket(close)], 1))]).toThrow(
      expect.objectContaining({ code: "usage", message: "its packets are of link type 1, and amtctl's of 147" }),
    );
  });
  it("passes over them beside its own, and hands on events that it does not know", () => {
    const both = Uint8Array.from([...file([encodePacket(close)], 1), ...file([encodePacket({ ...close, event: 77 })])]);
    expect([...recordsOf(both)]).toMatchObject([{ frame: 2, event: 77 }]);
    expect([...recordsOf(file([]))]).toEqual([]);
  });
  it.each<[string, (packet: Uint8Array) => Uint8Array, string]>([
    ["another version", (packet) => packet.with(0, 2), "frame 1: no packet of amtctl's: .version 2 where 1 belongs"],
    [
      "a header that is cut",
      (packet) => packet.subarray(0, PACKET_HEAD - 1),
      "frame 1: no packet of amtctl's: .length",
    ],
    ["more bytes than the message has", (packet) => packet.with(24, 4), "frame 1: 5 bytes of a message that has 4"],
  ])("throws usage for %s", (_, spoil, message) => {
    const spoiled = file([spoil(encodePacket(close))]);
    expect(() => [...recordsOf(spoiled)]).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }),
    );
  });
});

describe("recordsOf lines of JSON", () => {
  it("yields messages, with the times since the first", () => {
    const bus = { ...line, t_ms: 7.25, guid: "hbm", dir: "fw->host", hex: "0721", decoded: "anything" };
    expect([...recordsOf(utf8(`\n${JSON.stringify(line)}\n${JSON.stringify(bus)}\n`))]).toEqual([
      {
        ...{ frame: 2, time: undefined, ms: 0, event: "message", direction: "toFirmware", client: LME },
        ...{ connection: undefined, length: 5, body: close.body },
      },
      expect.objectContaining({ frame: 3, ms: 2.25, direction: "fromFirmware", client: undefined, length: 2 }),
    ]);
  });
  it.each<[string, unknown, string]>([
    ["no direction", { ...line, dir: "constructor" }, `line 2: dir is neither`],
    ["a client that is none", { ...line, guid: "LME" }, "line 2: guid: "],
    ["a client that is no text", { ...line, guid: 1 }, "line 2: guid is no text"],
    ["no bytes", { ...line, hex: "6" }, "line 2: hex: "],
    ["bytes that are no text", { ...line, hex: 61 }, "line 2: hex is no text"],
    ["no time", { ...line, t_ms: "5" }, "line 2: t_ms is no number"],
    ["no object", null, "line 2: it is no object"],
  ])("throws usage for %s, after the lines before it", (_, wrong, message) => {
    const seen: number[] = [];
    expect(() => {
      for (const { frame } of recordsOf(lines(line, wrong))) seen.push(frame);
    }).toThrow(expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }));
    expect(seen).toEqual([1]);
  });
  it("throws usage for a line that is cut off", () => {
    const cut = utf8(`${JSON.stringify(line)}\n{"t_ms":`);
    expect(() => [...recordsOf(cut)]).toThrow(expect.objectContaining({ message: "line 2: it is no JSON" }));
  });
});

describe("recordsOf anything else", () => {
  it.each([["", "it is empty"], ["hello", "neither pcapng nor"], ["\n \n", "neither pcapng nor"], [
    "\x7fELF",
    "neither",
  ]])(
    "throws usage for %j",
    (text, message) => {
      expect(() => recordsOf(utf8(text))).toThrow(
        expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }),
      );
    },
  );
  it("throws usage or yields records, whatever the bytes", () => {
    const good = file([encodePacket(close), encodePacket(close, 1)]);
    const spoiled = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length))
      .map(([at, byte, end]) => good.with(at, byte).subarray(0, end));
    const begun = fc.uint8Array({ maxLength: 80 }).map((rest) => Uint8Array.from([...sectionHeader("a"), ...rest]));
    fc.assert(
      fc.property(fc.oneof(spoiled, begun, fc.uint8Array()), (bytes) => {
        try {
          for (const { body, length } of recordsOf(bytes)) expect(body.length).toBeLessThanOrEqual(length);
        } catch (error) {
          if (!(error instanceof AmtError) || error.code !== "usage") throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
