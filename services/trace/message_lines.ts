import { fromHex, HexError } from "../../core/binary/mod.ts";
import type { AmtError } from "../../core/errors/mod.ts";
import { type Guid, GuidError, parseGuid } from "../../core/guid.ts";
import type { Direction } from "./shown_length.ts";
import { joined } from "./joined.ts";
import { traceError } from "./trace_error.ts";
import type { TraceRecord } from "./trace_record.ts";

/** What stands in place of a client for messages between driver and firmware, and for remarks of whoever recorded. */
const NO_CLIENT = ["hbm", "note"];

const LINE_END = 0x0a;
const LONGEST_LINE = 4 << 20;
/** Dates of ECMAScript end here, on both sides of 1970. */
const LONGEST_MS = 8.64e15;

const directions: Readonly<Record<string, Direction>> = { "host->fw": "toFirmware", "fw->host": "fromFirmware" };

/**
 * The messages of a trace in lines of JSON: `{"t_ms":20.5,"dir":"host->fw","guid":"6733a4db-...","hex":"c0..."}`; other
 * fields are passed over. Throws `usage` at the first line that is none of these, after those before it.
 */
export async function* recordsOfLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<TraceRecord> {
  let start: number | undefined;
  let number = 0;
  for await (const line of linesOf(pieces)) {
    number++;
    if (line.length > LONGEST_LINE) throw traceError(`line ${number}: it is longer than ${LONGEST_LINE} bytes`);
    const text = new TextDecoder().decode(line);
    if (text.trim() === "") continue;
    const record = readLine(text, number);
    start ??= record.ms;
    yield { ...record, ms: record.ms - start };
  }
}

/** Lines without their ends; of one that is too long the beginning, and then none. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let at = 0;
    for (let end = piece.indexOf(LINE_END); end >= 0; end = piece.indexOf(LINE_END, at)) {
      yield joined([...held, piece.subarray(at, end)]);
      held = [];
      length = 0;
      at = end + 1;
    }
    held.push(piece.subarray(at));
    length += piece.length - at;
    if (length > LONGEST_LINE) break;
  }
  if (length > 0) yield joined(held);
}

function readLine(line: string, number: number): TraceRecord {
  const wrong = (what: string, cause?: unknown) => traceError(`line ${number}: ${what}`, cause);
  const { t_ms: ms, dir, guid, hex } = parsed(line, wrong);
  if (typeof ms !== "number" || Math.abs(ms) > LONGEST_MS) throw wrong("t_ms is no number of milliseconds");
  const direction = typeof dir === "string" && Object.hasOwn(directions, dir) ? directions[dir]! : undefined;
  if (direction === undefined) throw wrong(`dir is neither "host->fw" nor "fw->host"`);
  if (typeof guid !== "string") throw wrong("guid is no text");
  if (typeof hex !== "string") throw wrong("hex is no text");
  try {
    const body = fromHex(hex);
    const client: Guid | undefined = NO_CLIENT.includes(guid) ? undefined : parseGuid(guid);
    const connection = undefined;
    const { length } = body;
    return { frame: number, time: undefined, ms, event: "message", direction, client, connection, length, body };
  } catch (error) {
    if (error instanceof HexError) throw wrong(`hex: ${error.message}`, error);
    if (error instanceof GuidError) throw wrong(`guid: ${error.message}`, error);
    throw error;
  }
}

function parsed(line: string, wrong: (what: string, cause: unknown) => AmtError): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw wrong("it is no JSON", error);
  }
  if (typeof value !== "object" || value === null) throw wrong("it is no object", undefined);
  return value as Record<string, unknown>;
}
