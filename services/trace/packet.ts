import { bits, constant, decode, encode, named, rest, struct, u32le, u8, type Wire } from "../../core/binary/mod.ts";
import { guidLe } from "../../core/guid.ts";

/** LINKTYPE_USER0: private use. Source: the list of link types of tcpdump.org. */
export const LINK_TYPE = 147;

/** Bytes in front of each message; docs/trace-format.md describes them. */
export const PACKET_HEAD = 28;

/** One packet of a trace: what stands in front of a message, then as much of the message as is shown. */
export const TracePacket = struct({
  version: constant(u8, 1),
  event: named(u8, { message: 0, connect: 1, connected: 2, refused: 3, disconnect: 4, lost: 5, unsent: 6 }),
  direction: named(u8, { toFirmware: 0, fromFirmware: 1 }),
  /** `leftOut`: the end of the message is not in the file. */
  flags: bits(u8, { leftOut: 1, unused: 7 }),
  client: guidLe,
  /** Connections of a trace are numbered from 1, one that was refused too. */
  connection: u32le,
  /** Bytes of the whole message, or of the text. */
  length: u32le,
  /** The message; for other events a text for people, in UTF-8, or nothing. */
  body: rest,
});
export type TracePacket = Wire<typeof TracePacket>;

/** A packet, before it is known what of it is shown. */
export type WholePacket = Omit<TracePacket, "flags" | "length">;

/** The packet with the first `shown` bytes of its body. */
export function encodePacket(packet: WholePacket, shown = packet.body.length): Uint8Array<ArrayBuffer> {
  const { length } = packet.body;
  return encode(TracePacket, {
    ...packet,
    flags: { leftOut: shown < length ? 1 : 0, unused: 0 },
    length,
    body: packet.body.subarray(0, shown),
  });
}

/** Throws `CodecError`. */
export function decodePacket(bytes: Uint8Array): TracePacket {
  return decode(TracePacket, bytes);
}
