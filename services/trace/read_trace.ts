import { CodecError } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { joined } from "./joined.ts";
import { recordsOfLines } from "./message_lines.ts";
import { decodePacket, LINK_TYPE, type TracePacket } from "./packet.ts";
import { isPcapng, packetsOf } from "./pcapng_reader.ts";
import { traceError } from "./trace_error.ts";
import type { TraceRecord } from "./trace_record.ts";

const BRACE = 0x7b;
const MAGIC_LENGTH = 4;
/** A pcapng file is held in memory. */
const LARGEST_PCAPNG = 256 << 20;

/**
 * The records of a trace, whose bytes come in pieces: a pcapng file of `--trace`, or messages as lines of JSON, of
 * which one line is held at a time. Throws `usage` at the first thing that is not as it must be, after the records
 * before it; rejects as the pieces do.
 */
export async function* recordsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<TraceRecord> {
  const source = pieces[Symbol.asyncIterator]();
  try {
    const head = await headOf(source);
    const all = chained(head, source);
    const first = head.find((byte) => byte > 0x20) ?? BRACE;
    if (isPcapng(head)) yield* recordsOfPackets(await gathered(all));
    else if (head.length > 0 && first === BRACE) yield* recordsOfLines(all);
    else {
      throw new AmtError("usage", head.length === 0 ? "it is empty" : "it is neither pcapng nor lines of JSON", {
        hint: "Name a file that --trace has written, or one of messages as lines of JSON",
      });
    }
  } finally {
    await source.return?.();
  }
}

/** Enough to tell by what it is, or all. */
async function headOf(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < MAGIC_LENGTH) {
    const { done, value } = await source.next();
    if (done) break;
    head = head.length === 0 ? value : joined([head, value]);
  }
  return head;
}

async function* chained(head: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > LARGEST_PCAPNG) throw traceError(`more than ${LARGEST_PCAPNG} bytes of pcapng`);
    all.push(piece);
  }
  return joined(all);
}

/** Packets of other link types are passed over; a file of them alone is a mistake. */
function* recordsOfPackets(file: Uint8Array): Generator<TraceRecord> {
  let start: number | undefined;
  let other: number | undefined;
  let hasOwn = false;
  for (const { number, linkType, time, data } of packetsOf(file)) {
    if (linkType !== LINK_TYPE) {
      other = linkType;
      continue;
    }
    hasOwn = true;
    const packet = readPacket(data, number);
    const { event, client, connection, body, length } = packet;
    start ??= time;
    const ms = time === undefined || start === undefined ? 0 : time - start;
    const direction = packet.direction === "toFirmware" ? packet.direction : "fromFirmware";
    yield { frame: number, time, ms, event, direction, client, connection, length, body };
  }
  if (!hasOwn && other !== undefined) {
    throw traceError(`its packets are of link type ${other}, and amtctl's of ${LINK_TYPE}`);
  }
}

function readPacket(data: Uint8Array, number: number): TracePacket {
  let packet: TracePacket;
  try {
    packet = decodePacket(data);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw traceError(`frame ${number}: no packet of amtctl's: ${error.path} ${error.message}`, error);
  }
  if (packet.body.length <= packet.length) return packet;
  throw traceError(`frame ${number}: ${packet.body.length} bytes of a message that has ${packet.length}`);
}
