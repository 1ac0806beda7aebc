import { bytes, type Codec, mapped } from "./binary/mod.ts";

/** A GUID as lower-case text, `12f80028-b4b7-4b2d-aca8-46e0ff65814c`. */
export type Guid = string & { readonly __guid: true };

/** Where a text stops being a GUID. */
export class GuidError extends Error {
  override readonly name = "GuidError";
  /** Index of the first character that does not fit, from 0. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

const SHAPE = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Parses the canonical form in either case, also in braces. Throws {@link GuidError}. */
export function parseGuid(text: string): Guid {
  // Start-up parses dozens, almost all of them in this form.
  if (CANONICAL.test(text)) return text as Guid;
  const braced = /^\{(.*)\}$/s.exec(text);
  const inner = braced ? braced[1]! : text;
  const shift = braced ? 1 : 0;
  for (let i = 0; i < SHAPE.length; i++) {
    const character = inner[i];
    if (character === undefined) throw new GuidError(`a GUID has ${SHAPE.length} characters, this has ${i}`, i + shift);
    const fits = SHAPE[i] === "-" ? character === "-" : /[0-9a-f]/i.test(character);
    if (!fits) {
      const wanted = SHAPE[i] === "-" ? `"-"` : "a hex digit";
      throw new GuidError(`"${character}" stands where ${wanted} belongs`, i + shift);
    }
  }
  if (inner.length > SHAPE.length) {
    throw new GuidError(`a GUID has ${SHAPE.length} characters, this has ${inner.length}`, SHAPE.length + shift);
  }
  return inner.toLowerCase() as Guid;
}

/** A GUID literal; for constants. */
export function guid(text: string): Guid {
  return parseGuid(text);
}

/**
 * A GUID in the byte order of the MEI driver and of AMT (16 bytes): the first three groups little-endian, the
 * last two as written. Source: linux/uuid.h, `uuid_le`.
 */
export const guidLe: Codec<Guid> = mapped(bytes(16), fromBytes, toBytes);

const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const DASH_AFTER = new Set([3, 5, 7, 9]);

function fromBytes(raw: Uint8Array): Guid {
  let text = "";
  ORDER.forEach((from, i) => {
    text += raw[from]!.toString(16).padStart(2, "0") + (DASH_AFTER.has(i) ? "-" : "");
  });
  return text as Guid;
}

function toBytes(value: Guid): Uint8Array {
  const digits = value.replaceAll("-", "");
  const raw = new Uint8Array(16);
  ORDER.forEach((to, i) => raw[to] = parseInt(digits.slice(2 * i, 2 * i + 2), 16));
  return raw;
}
