import { bytes, type Codec, CodecError, mapped, prefixedText, text, u16le, u32le, u8 } from "../../core/binary/mod.ts";

/** AMT_BOOLEAN: 4 bytes, true unless all are zero. */
export const amtBoolean: Codec<boolean> = mapped(u32le, (raw) => raw !== 0, Number);

/** A boolean in one byte, as few messages have it. */
export const amtBooleanByte: Codec<boolean> = mapped(u8, (raw) => raw !== 0, Number);

/** AMT_UNICODE_STRING, which in spite of its name is ASCII: its length, then 20 bytes (22 in all). */
export const amtUnicodeString: Codec<string> = prefixedText(u16le, 20);

/**
 * AMT_ANSI_STRING: its length, then as many bytes. Written without a zero at the end, and read with or without: Intel
 * LMS sends a zero and counts it, lms8 sends none.
 */
export const amtAnsiString: Codec<string> = mapped(prefixedText(u16le), withoutZeros, String);

/** `char[length]`: ASCII whose end, a zero, has to stand inside the field. */
export function terminated(length: number): Codec<string> {
  const field = text(length);
  return {
    size: length,
    write(out, value) {
      if (value.length >= length) {
        throw new CodecError("value", `${value.length} characters, room for ${length - 1}`, out.length);
      }
      field.write(out, value);
    },
    read(src) {
      const { offset } = src;
      const part = src.sub(length);
      if (!part.bytes.includes(0)) throw new CodecError("value", `a text without end in ${length} bytes`, offset);
      return field.read(part);
    },
  };
}

/** Texts, each ended by a zero, in a field of as many bytes as the number in front says. */
export function textList(count: Codec<number>, capacity?: number): Codec<string[]> {
  return mapped(
    prefixedText(count, capacity),
    (raw) => raw.split("\0").filter((part) => part !== ""),
    (parts) => parts.map((part) => `${part}\0`).join(""),
  );
}

/** CFG_IPv4: a u32 whose value 0x01020304 is 1.2.3.4, so its bytes stand in reverse. Source: Intel LMS, rpc-go. */
export const cfgIpv4: Codec<string> = mapped(
  bytes(4),
  (raw) => raw.reverse().join("."),
  (value) => octets(value).reverse(),
);

/** An IPv4 address in the order of the network, as the CIRA log has it. Source: rpc-go. */
export const networkIpv4: Codec<string> = mapped(bytes(4), (raw) => raw.join("."), octets);

/** CFG_IP_ADDR: an IPv4 or IPv6 address as text; empty when there is none. */
export const cfgIpAddress: Codec<string> = terminated(46);

/** A MAC address as `aa:bb:cc:dd:ee:ff`. */
export const macAddress: Codec<string> = mapped(bytes(6), (raw) => Array.from(raw, hexByte).join(":"), (value) => {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value)) throw new CodecError("value", `"${value}" is no MAC address`, 0);
  return Uint8Array.from(value.split(":"), (digits) => parseInt(digits, 16));
});

/** Bits by their names; those without a name are passed over. */
export function flags<const F extends Record<string, number>>(
  codec: Codec<number>,
  bitOf: F,
): Codec<{ [K in keyof F]: boolean }> {
  const entries = Object.entries(bitOf);
  return mapped(
    codec,
    (raw) =>
      Object.fromEntries(entries.map(([name, bit]) => [name, (raw >>> bit & 1) === 1])) as { [K in keyof F]: boolean },
    (value) => entries.reduce((raw, [name, bit]) => value[name] ? raw + 2 ** bit : raw, 0),
  );
}

/** A field at the end that only some firmware sends. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    size: undefined,
    write(out, value) {
      if (value !== undefined) codec.write(out, value);
    },
    read: (src) => src.left === 0 ? undefined : codec.read(src),
  };
}

/** Zeros at the end that some firmware leaves out: written, and passed over in any number. */
export function spare(length: number): Codec<void> {
  return {
    size: undefined,
    write: (out) => void out.view(length),
    read: (src) => void src.take(src.left),
  };
}

function withoutZeros(value: string): string {
  let end = value.length;
  while (value[end - 1] === "\0") end--;
  return value.slice(0, end);
}

function octets(value: string): Uint8Array {
  const parts = value.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    throw new CodecError("value", `"${value}" is no IPv4 address`, 0);
  }
  return Uint8Array.from(parts, Number);
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
