import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../core/binary/mod.ts";
import { enhancedPacket, interfaceDescription, sectionHeader } from "../../../services/trace/pcapng.ts";
import { packetsOf } from "../../../services/trace/pcapng_reader.ts";
import { blocks, options, packets } from "./pcapng_by_the_draft.ts";

const section = sectionHeader("amtctl 0.1.0");
const link = interfaceDescription({ linkType: 147, name: "/dev/mei0", description: "MEI" });
const packet = enhancedPacket(Uint8Array.of(1, 2, 3, 4, 5), {
  time: 1_700_000_000_123_456,
  direction: "outbound",
  length: 9,
  comment: "LME",
});

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe("pcapng blocks, read by a reader that knows the draft alone", () => {
  it("sectionHeader is version 1.0 of an unknown length, made by amtctl", () => {
    const [{ type, body } = blocks(section)[0]!] = blocks(section);
    expect(type).toBe(0x0a0d0d0a);
    expect([body.readUInt32LE(0), body.readUInt16LE(4), body.readUInt16LE(6)]).toEqual([0x1a2b3c4d, 1, 0]);
    expect(body.readBigInt64LE(8)).toBe(-1n);
    expect(options(body.subarray(16)).map(({ code, value }) => [code, value.toString()])).toEqual([[
      4,
      "amtctl 0.1.0",
    ]]);
  });
  it("interfaceDescription names link type, device and microseconds, and limits no packet", () => {
    const { type, body } = blocks(link)[0]!;
    expect([type, body.readUInt16LE(0), body.readUInt32LE(4)]).toEqual([1, 147, 0]);
    const [name, description, resolution] = options(body.subarray(8));
    expect([name!.code, name!.value.toString()]).toEqual([2, "/dev/mei0"]);
    expect([description!.code, description!.value.toString()]).toEqual([3, "MEI"]);
    expect([resolution!.code, [...resolution!.value]]).toEqual([9, [6]]);
  });
  it("enhancedPacket has time, both lengths, data, comment and direction", () => {
    const [read] = packets(packet);
    expect(read).toMatchObject({ interfaceId: 0, timestamp: 1_700_000_000_123_456n, originalLength: 9 });
    expect([...read!.data]).toEqual([1, 2, 3, 4, 5]);
    const [comment, flags] = read!.options;
    expect([comment!.code, comment!.value.toString()]).toEqual([1, "LME"]);
    expect([flags!.code, flags!.value.readUInt32LE()]).toEqual([2, 2]);
  });
  it.each([0, 1, 2, 3, 4])("enhancedPacket is padded when it has %d bytes", (length) => {
    const bytes = enhancedPacket(new Uint8Array(length), { time: 0, direction: "inbound", length, comment: "" });
    expect(bytes.length % 4).toBe(0);
    expect(packets(bytes)[0]!.data).toHaveLength(length);
  });
});

describe("packetsOf", () => {
  it("reads what was written", () => {
    const [first, second] = packetsOf(joined(section, link, packet, packet));
    expect(first).toEqual({
      number: 1,
      linkType: 147,
      time: 1_700_000_000_123.456,
      data: Uint8Array.of(1, 2, 3, 4, 5),
    });
    expect(second!.number).toBe(2);
  });
  it("reads big-endian files and other resolutions, after a little-endian section", () => {
    // By hand from the draft: section header, interface with if_tsresol 9 (ns), one packet of 3 bytes.
    const bigEndian = fromHex(
      "0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff0000001c" +
        "0000000100000020" + "0093000000000000" + "00090001" + "09000000" + "00000000" + "00000020" +
        "0000000600000024" + "00000000" + "00000000" + "000f4240" + "00000003" + "00000003" + "aabbcc00" + "00000024",
    );
    const all = [...packetsOf(joined(section, link, packet, bigEndian))];
    expect(all.map(({ number, time, data }) => [number, time, toHex(data)])).toEqual([
      [1, 1_700_000_000_123.456, "0102030405"],
      [2, 1, "aabbcc"],
    ]);
  });
  it("passes over blocks that it does not know, and counts packets without a time", () => {
    const statistics = fromHex("05000000" + "10000000" + "00000000" + "10000000");
    const simple = fromHex("03000000" + "10000000" + "00000000" + "10000000");
    const all = [...packetsOf(joined(section, link, statistics, simple, packet))];
    expect(all.map(({ number }) => number)).toEqual([2]);
  });
  it("has no time for one that no clock shows", () => {
    const late = packet.slice();
    late.fill(0xff, 12, 20);
    expect([...packetsOf(joined(section, link, late))][0]!.time).toBeUndefined();
  });

  const good = joined(section, link, packet);
  it.each<[string, (bytes: Uint8Array, view: DataView, at: number) => Uint8Array | void, string]>([
    ["a length that is not whole words", (_, view, at) => view.setUint32(at + 4, 61, true), "61 bytes is no length"],
    ["a length of nothing", (_, view, at) => view.setUint32(at + 4, 0, true), "0 bytes is no length"],
    [
      "a length beyond the file",
      (_, view, at) => view.setUint32(at + 4, 0xffff_fffc, true),
      "of its 4294967292 bytes are there",
    ],
    ["two lengths", (bytes, view) => view.setUint32(bytes.length - 4, 8, true), "in front and 8 at its end"],
    [
      "data beyond its block",
      (_, view, at) => view.setUint32(at + 20, 0xffff_ffff, true),
      "4294967295 bytes are wanted",
    ],
    [
      "an interface that is not there",
      (_, view, at) => view.setUint32(at + 8, 1, true),
      "interface 1 is not described",
    ],
    ["an end within a block", (bytes) => bytes.subarray(0, bytes.length - 7), "it is cut off"],
    ["an end within a block's head", (bytes, _, at) => bytes.subarray(0, at + 6), "is cut off: 6 bytes are left"],
    ["a section of another byte order", (_, view) => view.setUint32(8, 1, true), "has no byte order"],
    ["version 2", (_, view) => view.setUint16(12, 2, true), "pcapng version 2"],
  ])("throws usage for %s", (_, spoil, message) => {
    const bytes = good.slice();
    const spoiled = spoil(bytes, new DataView(bytes.buffer), good.length - packet.length) ?? bytes;
    const read = () => [...packetsOf(spoiled)];
    expect(read).toThrow(expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }));
  });
  it("yields what stands before the cut", () => {
    const seen: number[] = [];
    expect(() => {
      for (const { number } of packetsOf(joined(good, packet.subarray(0, 20)))) seen.push(number);
    }).toThrow("cut off");
    expect(seen).toEqual([1]);
  });
});
