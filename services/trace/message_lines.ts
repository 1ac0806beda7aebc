import { fromHex, HexError } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { type Guid, GuidError, parseGuid } from "../../core/guid.ts";
import type { Direction } from "./shown_length.ts";
import type { TraceRecord } from "./trace_record.ts";

/** What stands in place of a client for messages between driver and firmware, and for remarks of whoever recorded. */
const NO_CLIENT = ["hbm", "note"];

const directions: Readonly<Record<string, Direction>> = { "host->fw": "toFirmware", "fw->host": "fromFirmware" };

/**
 * The messages of a trace in lines of JSON: `{"t_ms":20.5,"dir":"host->fw","guid":"6733a4db-...","hex":"c0..."}`; other
 * fields are passed over. Throws `usage` at the first line that is none of these, after those before it.
 */
export function* recordsOfLines(file: Uint8Array): Generator<TraceRecord> {
  let start: number | undefined;
  const lines = new TextDecoder().decode(file).split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const record = readLine(line, i + 1);
    start ??= record.ms;
    yield { ...record, ms: record.ms - start };
  }
}

function readLine(line: string, number: number): TraceRecord {
  const wrong = (what: string, cause?: unknown) => new AmtError("usage", `line ${number}: ${what}`, { cause });
  const { t_ms: ms, dir, guid, hex } = parsed(line, wrong);
  if (typeof ms !== "number" || !Number.isFinite(ms)) throw wrong("t_ms is no number");
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
