import { toHex } from "../../core/binary/mod.ts";
import type { PlatformId } from "./messages.ts";

/** The two parts of a platform id as people read them. */
export interface PlatformIdText {
  /** Empty when the manufacturer set none. */
  readonly oemId: string;
  readonly csmeId: string;
}

/**
 * The parts as upper-case hex, as rpc-go prints them; but a manufacturer's part that is a text, and that can be
 * printed, as that text.
 */
export function platformIdText({ type, oemId, csmeId }: PlatformId): PlatformIdText {
  const isSet = oemId.some((byte) => byte !== 0);
  const text = type === "text" ? printable(oemId) : undefined;
  return { oemId: isSet ? text ?? upperHex(oemId) : "", csmeId: upperHex(csmeId) };
}

/** ASCII up to the zeros that fill the field, or `undefined` when anything else is in it. */
function printable(field: Uint8Array): string | undefined {
  const text = String.fromCharCode(...field).replace(/\0+$/, "");
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

function upperHex(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase();
}
