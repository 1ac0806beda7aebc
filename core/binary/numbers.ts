import { type Codec, mapped } from "./codec.ts";
import { CodecError } from "./codec_error.ts";

export const u8: Codec<number> = integer(8, true);
export const u16le: Codec<number> = integer(16, true);
export const u32le: Codec<number> = integer(32, true);
export const u16be: Codec<number> = integer(16, false);
export const u32be: Codec<number> = integer(32, false);
export const u64le: Codec<bigint> = integer64(true);
export const u64be: Codec<bigint> = integer64(false);

/** A number that is always the same, such as a message type; it is left out of the struct's type. */
export function constant(codec: Codec<number>, expected: number): Codec<void> {
  return {
    size: codec.size,
    write: (out) => codec.write(out, expected),
    read(src) {
      const offset = src.offset;
      const value = codec.read(src);
      if (value !== expected) throw new CodecError("value", `${value} where ${expected} belongs`, offset);
    },
  };
}

export interface NamedNumber<M extends Record<string, number>> extends Codec<keyof M & string | number> {
  readonly names: M;
}

/** Names for numbers; a number without a name stays a number, since firmware is newer than we are. */
export function named<const M extends Record<string, number>>(codec: Codec<number>, names: M): NamedNumber<M> {
  const byNumber = new Map(Object.entries(names).map(([name, value]) => [value, name as keyof M & string]));
  const toName = (raw: number) => byNumber.get(raw) ?? raw;
  const toNumber = (value: keyof M & string | number) => typeof value === "number" ? value : names[value]!;
  return { ...mapped<number, keyof M & string | number>(codec, toName, toNumber), names };
}

/** Bit fields, least significant first, packed into one integer. */
export function bits<const F extends Record<string, number>>(
  codec: Codec<number>,
  widths: F,
): Codec<{ [K in keyof F]: number }> {
  const fields = Object.entries(widths);
  return mapped(codec, (raw) => {
    let shift = 0;
    const value: Record<string, number> = {};
    for (const [name, width] of fields) {
      value[name] = Math.floor(raw / 2 ** shift) % 2 ** width;
      shift += width;
    }
    return value as { [K in keyof F]: number };
  }, (value) => {
    let raw = 0;
    let shift = 0;
    for (const [name, width] of fields) {
      const part = value[name]!;
      if (!Number.isInteger(part) || part < 0 || part >= 2 ** width) {
        throw new CodecError("value", `${part} does not fit ${width} bits`, 0, `.${name}`);
      }
      raw += part * 2 ** shift;
      shift += width;
    }
    return raw;
  });
}

function integer(width: 8 | 16 | 32, littleEndian: boolean): Codec<number> {
  const size = width / 8;
  const limit = 2 ** width;
  return {
    size,
    write(out, value) {
      if (!Number.isInteger(value) || value < 0 || value >= limit) {
        throw new CodecError("value", `${value} is not a u${width}`, out.length);
      }
      const [view, at] = out.view(size);
      view[`setUint${width}`](at, value, littleEndian);
    },
    read(src) {
      const [view, at] = src.view(size);
      return view[`getUint${width}`](at, littleEndian);
    },
  };
}

function integer64(littleEndian: boolean): Codec<bigint> {
  return {
    size: 8,
    write(out, value) {
      if (value < 0n || value >= 2n ** 64n) throw new CodecError("value", `${value} is not a u64`, out.length);
      const [view, at] = out.view(8);
      view.setBigUint64(at, value, littleEndian);
    },
    read(src) {
      const [view, at] = src.view(8);
      return view.getBigUint64(at, littleEndian);
    },
  };
}
