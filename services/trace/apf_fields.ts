import { CodecError, decode, toHex } from "../../core/binary/mod.ts";
import {
  ApfMessage,
  type ApfReason,
  DATA_HEAD,
  disconnectReasons,
  openFailureReasons,
} from "../../protocols/apf/mod.ts";
import { shownApf } from "./shown_length.ts";

export type ApfFields = Record<string, string | number | boolean>;

/** An APF message as plain values. */
export interface ReadApf {
  /** `channelData`; `unknown` for a type that is not known, `malformed` for what does not have its layout. */
  message: string;
  /** `null` for an empty message. */
  type: number | null;
  /** Bytes of the whole message. */
  length: number;
  fields: ApfFields;
  /** What is wrong with it. */
  problem: string | null;
}

export interface ReadApfOptions {
  /** Bytes of the whole message, where those at its end are left out. */
  readonly length?: number;
  /** Payload and passwords too, where they are there. */
  readonly reveal: boolean;
}

/** A message whose end is left out is read as if zeros stood there; longer ones are not. */
const LONGEST = 1 << 20;

/** What an APF message says. Payload is told by its length, and passwords are left out, unless they are to be shown. */
export function readApf(bytes: Uint8Array, { length = bytes.length, reveal }: ReadApfOptions): ReadApf {
  const type = bytes[0] ?? null;
  const bad = (problem: string): ReadApf => ({ message: "malformed", type, length, fields: {}, problem });
  if (length === 0) return bad("it is empty");
  const isCut = bytes.length < length;
  if (isCut && (type === null || length > LONGEST)) return bad(NOT_THERE);
  try {
    const whole = isCut ? padded(bytes, length) : bytes;
    const message = decode(ApfMessage, whole);
    // Of what was malformed when it was recorded the type alone is there.
    if (isCut && shownApf(whole) !== bytes.length) return bad(NOT_THERE);
    return { message: message.kind, type, length, fields: fieldsOf(message, reveal && !isCut), problem: null };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    if (isCut && bytes.length < DATA_HEAD) return bad(NOT_THERE);
    return bad(`${error.path} ${error.message} at byte ${error.offset}`.trim());
  }
}

const NOT_THERE = "its end is not in the trace";

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}

function fieldsOf(message: ApfMessage, reveal: boolean): ApfFields {
  const fields: ApfFields = {};
  collect(message, reveal, fields);
  const reason = reasonOf(message);
  if (reason !== undefined) fields["reasonName"] = reason.name;
  return fields;
}

function reasonOf(message: ApfMessage): ApfReason | undefined {
  if (message.kind === "disconnect") return disconnectReasons[message.reason];
  return message.kind === "channelOpenFailure" ? openFailureReasons[message.reason] : undefined;
}

/** A part of a message that is one of several. */
interface Nested {
  readonly kind: string;
  readonly name?: string;
}

function collect(value: object, reveal: boolean, fields: ApfFields): void {
  for (const [key, each] of Object.entries(value) as [string, ApfFields[string] | Uint8Array | Nested][]) {
    if (key === "kind" || key === "name" || (key === "password" && !reveal)) continue;
    if (each instanceof Uint8Array) {
      fields[`${key}Length`] = each.length;
      if (reveal) fields[key] = toHex(each);
    } else if (typeof each === "object") {
      fields[key] = each.name ?? each.kind;
      collect(each, reveal, fields);
    } else {
      fields[key] = each;
    }
  }
}
