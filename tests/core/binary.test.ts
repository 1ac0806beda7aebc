import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bits,
  ByteReader,
  bytes,
  choice,
  type Codec,
  CodecError,
  constant,
  decode,
  encode,
  fromHex,
  list,
  many,
  named,
  prefixed,
  prefixedText,
  reserved,
  rest,
  sized,
  struct,
  text,
  toHex,
  u16be,
  u16le,
  u32be,
  u32le,
  u64be,
  u64le,
  u8,
} from "../../core/binary/mod.ts";

function problem(call: () => unknown): CodecError {
  try {
    call();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("numbers", () => {
  it.each<[string, Codec<number>, number, string]>([
    ["u8", u8, 0xab, "ab"],
    ["u16le", u16le, 0x1234, "3412"],
    ["u16be", u16be, 0x1234, "1234"],
    ["u32le", u32le, 0x0480_001a, "1a008004"],
    ["u32be", u32be, 0x0480_001a, "0480001a"],
  ])("%s has its byte order", (_name, codec, value, hex) => {
    expect(toHex(encode(codec, value))).toBe(hex);
    expect(decode(codec, fromHex(hex))).toBe(value);
  });

  it("u64 has its byte order", () => {
    expect(toHex(encode(u64le, 0x0102030405060708n))).toBe("0807060504030201");
    expect(toHex(encode(u64be, 0x0102030405060708n))).toBe("0102030405060708");
    expect(decode(u64le, fromHex("ffffffffffffffff"))).toBe(2n ** 64n - 1n);
  });

  it.each([-1, 256, 1.5, NaN])("u8 rejects %d when it is written", (value) => {
    expect(problem(() => encode(u8, value)).reason).toBe("value");
  });

  it("u64 rejects what does not fit", () => {
    expect(problem(() => encode(u64le, 2n ** 64n)).reason).toBe("value");
  });

  it("constant rejects another number and tells where", () => {
    const codec = struct({ first: u8, type: constant(u8, 93) });
    expect(problem(() => decode(codec, fromHex("0102")))).toMatchObject({ reason: "value", path: ".type", offset: 1 });
    expect(decode(codec, fromHex("015d"))).toEqual({ first: 1 });
  });

  it("named keeps a number without a name", () => {
    const mode = named(u32le, { none: 0, client: 1 });
    expect(decode(mode, fromHex("01000000"))).toBe("client");
    expect(decode(mode, fromHex("03000000"))).toBe(3);
    expect(toHex(encode(mode, 3))).toBe("03000000");
  });

  it("bits takes the least significant first", () => {
    // Frame header of the host bus, from its table: address 0x21, host 1, 12 bytes, complete.
    const header = bits(u32le, {
      me: 8,
      host: 8,
      length: 9,
      reserved: 3,
      extended: 1,
      dma: 1,
      internal: 1,
      complete: 1,
    });
    const value = { me: 0x21, host: 1, length: 12, reserved: 0, extended: 0, dma: 0, internal: 0, complete: 1 };
    expect(decode(header, fromHex("21010c80"))).toEqual(value);
    expect(toHex(encode(header, value))).toBe("21010c80");
    expect(problem(() => encode(header, { ...value, length: 512 }))).toMatchObject({ path: ".length" });
  });
});

describe("decode", () => {
  const pair = struct({ a: u8, b: u16le });

  it("rejects missing bytes and names the field", () => {
    expect(problem(() => decode(pair, fromHex("0102")))).toMatchObject({ reason: "short", path: ".b", offset: 1 });
  });
  it("rejects bytes left over and tells where they start", () => {
    expect(problem(() => decode(pair, fromHex("01020304")))).toMatchObject({ reason: "trailing", offset: 3 });
  });
  it("reads bytes that stand inside a larger buffer", () => {
    expect(decode(pair, fromHex("ffff010203ff").subarray(2, 5))).toEqual({ a: 1, b: 0x0302 });
  });
});

describe("sized", () => {
  const codec = struct({ body: sized(u16be, struct({ a: u8, more: rest })), after: u8 });

  it("ends the body where its length says", () => {
    expect(decode(codec, fromHex("0003010203ff"))).toEqual({ body: { a: 1, more: fromHex("0203") }, after: 0xff });
    expect(toHex(encode(codec, { body: { a: 1, more: fromHex("0203") }, after: 0xff }))).toBe("0003010203ff");
  });
  it("rejects a body that is longer than its content", () => {
    const tight = sized(u8, u16le);
    expect(problem(() => decode(tight, fromHex("03010203")))).toMatchObject({ reason: "trailing", offset: 3 });
  });
  it("rejects a content that goes beyond its body, although bytes follow", () => {
    const tight = struct({ body: sized(u8, u16le), after: u8 });
    expect(problem(() => decode(tight, fromHex("01010203")))).toMatchObject({ reason: "short", path: ".body" });
  });
  it("rejects a length beyond the frame", () => {
    expect(problem(() => decode(codec, fromHex("ffff01")))).toMatchObject({ reason: "short", path: ".body" });
  });
});

describe("choice", () => {
  const message = choice(u8, {
    windowAdjust: { tag: 93, body: struct({ recipient: u32be, bytesToAdd: u32be }) },
    close: { tag: 97, body: struct({ recipient: u32be }) },
  });

  // CHANNEL_WINDOW_ADJUST of firmware to LMS, accepted by lms8 (peer trace lms8-http).
  it("reads the variant that its tag names", () => {
    expect(decode(message, fromHex("5d0000000100000058"))).toEqual({
      kind: "windowAdjust",
      recipient: 1,
      bytesToAdd: 88,
    });
  });
  it("writes the tag of its variant", () => {
    expect(toHex(encode(message, { kind: "close", recipient: 0 }))).toBe("6100000000");
  });
  it("rejects an unknown tag", () => {
    expect(problem(() => decode(message, fromHex("c8")))).toMatchObject({ reason: "value", offset: 0 });
  });
  it("names the variant in the path of an error", () => {
    expect(problem(() => decode(message, fromHex("61000000")))).toMatchObject({ path: "<close>.recipient" });
  });
});

describe("text and bytes", () => {
  it("text ends at the first zero and is padded", () => {
    expect(decode(text(6), fromHex("616263000000"))).toBe("abc");
    expect(toHex(encode(text(6), "abc"))).toBe("616263000000");
    expect(decode(text(3), fromHex("616263"))).toBe("abc");
  });
  it("text rejects what does not fit", () => {
    expect(problem(() => encode(text(2), "abc")).reason).toBe("value");
    expect(problem(() => encode(text(9), "\u20ac")).reason).toBe("value");
  });
  it("prefixedText with capacity is the string of AMT's version table", () => {
    // First name of the version table captured from an ME 11.8.93.
    const hex = "0500466c617368000000000000000000000000000000";
    expect(decode(prefixedText(u16le, 20), fromHex(hex))).toBe("Flash");
    expect(toHex(encode(prefixedText(u16le, 20), "Flash"))).toBe(hex);
  });
  it("prefixed rejects a length beyond its capacity", () => {
    expect(problem(() => decode(prefixed(u8, 2), fromHex("030102")))).toMatchObject({ reason: "value", offset: 0 });
    expect(problem(() => encode(prefixed(u8, 2), fromHex("010203"))).reason).toBe("value");
  });
  it("reserved is read without a look and written as zeros", () => {
    const codec = struct({ a: u8, unused: reserved(2) });
    expect(decode(codec, fromHex("01ffff"))).toEqual({ a: 1 });
    expect(toHex(encode(codec, { a: 1 }))).toBe("010000");
  });
  it("bytes copies, so that a reused buffer changes nothing", () => {
    const buffer = fromHex("0102");
    const value = decode(bytes(2), buffer);
    buffer.fill(0);
    expect(toHex(value)).toBe("0102");
  });
});

describe("list and many", () => {
  it("list with capacity keeps its room", () => {
    const codec = list(u8, u16le, 3);
    expect(toHex(encode(codec, [1, 2]))).toBe("02010002000000");
    expect(decode(codec, fromHex("02010002000000"))).toEqual([1, 2]);
    expect(problem(() => decode(codec, fromHex("04010002000000"))).reason).toBe("value");
  });
  it("list stops at the end of the frame however large its count is", () => {
    expect(problem(() => decode(list(u32le, u8), fromHex("ffffffff01")))).toMatchObject({
      reason: "short",
      path: "[1]",
    });
  });
  it("many reads up to the end", () => {
    expect(decode(many(u16le), fromHex("01000200"))).toEqual([1, 2]);
    expect(problem(() => decode(many(u16le), fromHex("010002"))).reason).toBe("short");
  });
  it("neither takes items without bytes", () => {
    expect(() => list(u8, struct({}))).toThrow(TypeError);
    expect(() => many(struct({}))).toThrow(TypeError);
  });
});

describe("ByteReader.sub", () => {
  it("keeps offsets from the start of the message", () => {
    const reader = new ByteReader(fromHex("0001020304"));
    reader.take(1);
    const inner = reader.sub(3).sub(2);
    expect(inner.offset).toBe(1);
    expect(problem(() => inner.take(3))).toMatchObject({ offset: 1 });
  });
});

describe("fromHex", () => {
  it.each([["zz", 0], ["01 2", 4], ["0102x", 4], ["0 1", 1]])("tells where %j goes wrong", (hex, position) => {
    expect(() => fromHex(hex)).toThrow(expect.objectContaining({ name: "HexError", position }));
  });
  it("undoes toHex", () => {
    fc.assert(fc.property(fc.uint8Array(), (raw) => {
      expect(fromHex(toHex(raw))).toEqual(Uint8Array.from(raw));
    }));
  });
});

describe("any layout", () => {
  const codec = struct({
    kind: named(u8, { a: 1, b: 2 }),
    name: prefixedText(u16le, 8),
    items: list(u8, struct({ id: u16be, data: prefixed(u8) })),
    tail: sized(u16le, many(u32be)),
  });

  it("decodes what it encoded", () => {
    const values = fc.record({
      kind: fc.oneof(fc.constantFrom("a" as const, "b" as const), fc.integer({ min: 3, max: 255 })),
      name: fc.string({ unit: "grapheme-ascii", maxLength: 8 }),
      items: fc.array(fc.record({ id: fc.nat(65535), data: fc.uint8Array({ maxLength: 255 }) }), { maxLength: 9 }),
      tail: fc.array(fc.nat(), { maxLength: 20 }),
    });
    fc.assert(fc.property(values, (value) => {
      const back = decode(codec, encode(codec, value));
      expect(encode(codec, back)).toEqual(encode(codec, value));
      expect({ ...back, items: back.items.length }).toEqual({ ...value, items: value.items.length });
    }));
  });
});
