import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { LME } from "../../../protocols/mei/known_clients.ts";
import { encodePacket, PACKET_HEAD, type WholePacket } from "../../../services/trace/packet.ts";
import { enhancedPacket, interfaceDescription, sectionHeader } from "../../../services/trace/pcapng.ts";
import { recordsOf } from "../../../services/trace/read_trace.ts";
import type { TraceRecord } from "../../../services/trace/trace_record.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const lines = (...each: unknown[]) => utf8(each.map((line) => JSON.stringify(line)).join("\n"));
const line = { t_ms: 5, dir: "host->fw", guid: LME, hex: "6100000001" };

const close: WholePacket = {
  event: "message",
  direction: "toFirmware",
  client: LME,
  connection: 3,
  body: Uint8Array.of(97, 0, 0, 0, 1),
};

/** All records of a file that comes in pieces of `size` bytes. */
async function all(bytes: Uint8Array, size = 7): Promise<TraceRecord[]> {
  const records: TraceRecord[] = [];
  for await (const record of recordsOf(pieces(bytes, size))) records.push(record);
  return records;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

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
  it("yields what was written, with time and connection", async () => {
    const whole = encodePacket(close);
    const [first, second] = await all(file([whole, encodePacket(close, 1)]));
    const { event, direction, client, connection } = close;
    expect(first).toEqual({
      ...{ frame: 1, time: 1_700_000_000_000, ms: 0 },
      ...{ event, direction, client, connection, length: 5, body: close.body },
    });
    expect(second).toMatchObject({ frame: 2, ms: 1.5, length: 5, body: Uint8Array.of(97) });
  });
  it("throws usage for a file with packets of other link types alone", async () => {
    await expect(all(file([encodePacket(close)], 1))).rejects.toThrow(
      expect.objectContaining({ code: "usage", message: "its packets are of link type 1, and amtctl's of 147" }),
    );
  });
  it("passes over them beside its own, and hands on events that it does not know", async () => {
    const both = Uint8Array.from([...file([encodePacket(close)], 1), ...file([encodePacket({ ...close, event: 77 })])]);
    expect(await all(both)).toMatchObject([{ frame: 2, event: 77 }]);
    expect(await all(file([]))).toEqual([]);
  });
  it.each<[string, (packet: Uint8Array) => Uint8Array, string]>([
    ["another version", (packet) => packet.with(0, 2), "frame 1: no packet of amtctl's: .version 2 where 1 belongs"],
    [
      "a header that is cut",
      (packet) => packet.subarray(0, PACKET_HEAD - 1),
      "frame 1: no packet of amtctl's: .length",
    ],
    ["more bytes than the message has", (packet) => packet.with(24, 4), "frame 1: 5 bytes of a message that has 4"],
  ])("throws usage for %s, and says that the file is damaged", async (_, spoil, message) => {
    const spoiled = file([spoil(encodePacket(close))]);
    await expect(all(spoiled)).rejects.toThrow(
      expect.objectContaining({
        code: "usage",
        message: expect.stringContaining(message),
        hint: expect.stringContaining("the file is damaged there"),
      }),
    );
  });
});

describe("recordsOf lines of JSON", () => {
  it("yields messages, with the times since the first", async () => {
    const bus = { ...line, t_ms: 7.25, guid: "hbm", dir: "fw->host", hex: "0721", decoded: "anything" };
    expect(await all(utf8(`\n${JSON.stringify(line)}\n${JSON.stringify(bus)}\n`))).toEqual([
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
    ["a time beyond all dates", { ...line, t_ms: 1e308 }, "line 2: t_ms is no number"],
    ["a time before all dates", { ...line, t_ms: -1e308 }, "line 2: t_ms is no number"],
    ["no object", null, "line 2: it is no object"],
  ])("throws usage for %s, after the lines before it", async (_, wrong, message) => {
    const seen: number[] = [];
    const read = async () => {
      for await (const { frame } of recordsOf(pieces(lines(line, wrong), 7))) seen.push(frame);
    };
    await expect(read()).rejects.toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }),
    );
    expect(seen).toEqual([1]);
  });
  it("throws usage for a line that is cut off", async () => {
    const cut = utf8(`${JSON.stringify(line)}\n{"t_ms":`);
    await expect(all(cut)).rejects.toThrow(expect.objectContaining({ message: "line 2: it is no JSON" }));
  });
  it("reads no further than the record that is asked for needs", async () => {
    let read = 0;
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) {
          read++;
          yield await Promise.resolve(utf8(`${JSON.stringify(line)}\n`));
        }
      } finally {
        isClosed = true;
      }
    }
    const records = recordsOf(endless());
    for (let i = 0; i < 100; i++) expect((await records.next()).value!.frame).toBe(i + 1);
    expect(read).toBeLessThan(103);
    await records.return(undefined);
    expect(isClosed).toBe(true);
  });
  it("throws usage for a line without an end, and does not hold it", async () => {
    let read = 0;
    async function* endless() {
      yield utf8("{");
      for (; read < 1e9; read += 1 << 20) yield await Promise.resolve(new Uint8Array(1 << 20).fill(0x20));
    }
    await expect(recordsOf(endless()).next()).rejects.toThrow(
      expect.objectContaining({ code: "usage", message: "line 1: it is longer than 4194304 bytes" }),
    );
    expect(read).toBeLessThan(6 << 20);
  });
  it.each(["\n", "\n \n", "\n\r\n\r\n   "])("yields nothing for lines without anything: %j", async (text) => {
    expect(await all(utf8(text))).toEqual([]);
  });
});

describe("recordsOf anything else", () => {
  it.each([["", "it is empty"], ["hello", "neither pcapng nor"], ["\x7fELF", "neither"]])(
    "throws usage for %j",
    async (text, message) => {
      await expect(all(utf8(text))).rejects.toThrow(
        expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }),
      );
    },
  );
  it("throws usage or yields records, whatever the bytes", async () => {
    const good = file([encodePacket(close), encodePacket(close, 1)]);
    const spoiled = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length))
      .map(([at, byte, end]) => good.with(at, byte).subarray(0, end));
    const begun = fc.uint8Array({ maxLength: 80 }).map((rest) => Uint8Array.from([...sectionHeader("a"), ...rest]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(spoiled, begun, fc.uint8Array()), async (bytes) => {
        try {
          for await (const { body, length } of recordsOf(pieces(bytes, 64))) {
            expect(body.length).toBeLessThanOrEqual(length);
          }
        } catch (error) {
          if (!(error instanceof AmtError) || error.code !== "usage") throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
