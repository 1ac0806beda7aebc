import { CodecError } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { recordsOfLines } from "./message_lines.ts";
import { decodePacket, LINK_TYPE, type TracePacket } from "./packet.ts";
import { isPcapng, packetsOf } from "./pcapng_reader.ts";
import type { TraceRecord } from "./trace_record.ts";

const BRACE = 0x7b;

/**
 * The records of a trace: a pcapng file of `--trace`, or messages as lines of JSON. Throws `usage` at the first thing
 * that is not as it must be, after the records before it.
 */
export function recordsOf(file: Uint8Array): Generator<TraceRecord> {
  if (isPcapng(file)) return recordsOfPackets(file);
  if (file.find((byte) => byte > 0x20) === BRACE) return recordsOfLines(file);
  throw new AmtError("usage", file.length === 0 ? "it is empty" : "it is neither pcapng nor lines of JSON", {
    hint: "Name a file that --trace has written, or one of messages as lines of JSON",
  });
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
    throw new AmtError("usage", `its packets are of link type ${other}, and amtctl's of ${LINK_TYPE}`);
  }
}

function readPacket(data: Uint8Array, number: number): TracePacket {
  let packet: TracePacket;
  try {
    packet = decodePacket(data);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const message = `frame ${number}: no packet of amtctl's: ${error.path} ${error.message}`;
    throw new AmtError("usage", message, { cause: error });
  }
  if (packet.body.length <= packet.length) return packet;
  throw new AmtError("usage", `frame ${number}: ${packet.body.length} bytes of a message that has ${packet.length}`);
}
