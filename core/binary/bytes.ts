import { type Codec, mapped } from "./codec.ts";
import { CodecError } from "./codec_error.ts";

/** A field of `length` bytes; shorter values are padded with zeros, longer ones are an error. */
export function bytes(length: number): Codec<Uint8Array> {
  return {
    size: length,
    write(out, value) {
      if (value.length > length) {
        throw new CodecError("value", `${value.length} bytes in a ${length} byte field`, out.length);
      }
      out.put(value);
      out.view(length - value.length);
    },
    read: (src) => src.take(length).slice(),
  };
}

/** Zero bytes that carry nothing: written as zeros, read without a look, left out of the struct's type. */
export function reserved(length: number): Codec<void> {
  return { size: length, write: (out) => void out.view(length), read: (src) => void src.take(length) };
}

/** ASCII in a field of `length` bytes, ended by a zero unless it fills the field. */
export function text(length: number): Codec<string> {
  return mapped(bytes(length), fromAscii, toAscii);
}

/** ASCII preceded by its length; with `capacity` in a field of that many bytes, padded with zeros. */
export function prefixedText(count: Codec<number>, capacity?: number): Codec<string> {
  const data = prefixed(count, capacity);
  return mapped(data, (raw) => decodeAscii(raw), toAscii);
}

/** Bytes preceded by their count; with `capacity` in a field of that many bytes, padded with zeros. */
export function prefixed(count: Codec<number>, capacity?: number): Codec<Uint8Array> {
  return {
    size: capacity === undefined || count.size === undefined ? undefined : count.size + capacity,
    write(out, value) {
      if (capacity !== undefined && value.length > capacity) {
        throw new CodecError("value", `${value.length} bytes, room for ${capacity}`, out.length);
      }
      count.write(out, value.length);
      out.put(value);
      if (capacity !== undefined) out.view(capacity - value.length);
    },
    read(src) {
      const offset = src.offset;
      const length = count.read(src);
      if (capacity === undefined) return src.take(length).slice();
      if (length > capacity) throw new CodecError("value", `${length} bytes, room for ${capacity}`, offset);
      return src.take(capacity).slice(0, length);
    },
  };
}

/** All bytes up to the end of the enclosing frame. */
export const rest: Codec<Uint8Array> = {
  size: undefined,
  write: (out, value) => out.put(value),
  read: (src) => src.take(src.left).slice(),
};

function fromAscii(raw: Uint8Array): string {
  const end = raw.indexOf(0);
  return decodeAscii(end < 0 ? raw : raw.subarray(0, end));
}

function decodeAscii(raw: Uint8Array): string {
  return Array.from(raw, (byte) => String.fromCharCode(byte)).join("");
}

function toAscii(value: string): Uint8Array {
  const raw = new Uint8Array(value.length);
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0xff) throw new CodecError("value", `"${value[i]}" is not an 8-bit character`, 0);
    raw[i] = code;
  }
  return raw;
}
