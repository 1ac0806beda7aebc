import { ByteWriter, u16le, u32le } from "../../core/binary/mod.ts";

/**
 * Blocks of a pcapng file, little-endian. Source: draft-ietf-opsawg-pcapng: a block is its type, its length, a body of
 * whole 32-bit words, and its length again.
 */
export const blockType = { section: 0x0a0d_0d0a, interface: 1, packet: 6 } as const;
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;

const OPTION_END = 0;
const OPTION_COMMENT = 1;
const SECTION_APPLICATION = 4;
const INTERFACE_NAME = 2;
const INTERFACE_DESCRIPTION = 3;
export const INTERFACE_RESOLUTION = 9;
const PACKET_FLAGS = 2;
/** Timestamps count 10^-6 s. */
const MICROSECONDS = 6;

type Option = readonly [code: number, value: Uint8Array];

/** What a file begins with. */
export function sectionHeader(application: string): Uint8Array<ArrayBuffer> {
  return block(blockType.section, [[SECTION_APPLICATION, utf8(application)]], (out) => {
    u32le.write(out, BYTE_ORDER_MAGIC);
    u16le.write(out, 1);
    u16le.write(out, 0);
    // The section's length is not known.
    u32le.write(out, 0xffff_ffff);
    u32le.write(out, 0xffff_ffff);
  });
}

/** The one interface that the packets of a file are seen at. */
export function interfaceDescription(
  { linkType, name, description }: { readonly linkType: number; readonly name: string; readonly description: string },
): Uint8Array<ArrayBuffer> {
  const options: Option[] = [
    [INTERFACE_NAME, utf8(name)],
    [INTERFACE_DESCRIPTION, utf8(description)],
    [INTERFACE_RESOLUTION, Uint8Array.of(MICROSECONDS)],
  ];
  return block(blockType.interface, options, (out) => {
    u16le.write(out, linkType);
    u16le.write(out, 0);
    // No packet is cut for its size.
    u32le.write(out, 0);
  });
}

export interface PacketOptions {
  /** Microseconds since 1970. */
  readonly time: number;
  /** Seen from this machine. */
  readonly direction: "inbound" | "outbound";
  /** Bytes that the packet has, where they are not all in `data`. */
  readonly length: number;
  readonly comment: string;
}

/** One packet of interface 0. */
export function enhancedPacket(data: Uint8Array, options: PacketOptions): Uint8Array<ArrayBuffer> {
  const { time, direction, length, comment } = options;
  const flags = Uint8Array.of(direction === "inbound" ? 1 : 2, 0, 0, 0);
  return block(blockType.packet, [[OPTION_COMMENT, utf8(comment)], [PACKET_FLAGS, flags]], (out) => {
    u32le.write(out, 0);
    u32le.write(out, Math.floor(time / 2 ** 32));
    u32le.write(out, time % 2 ** 32);
    u32le.write(out, data.length);
    u32le.write(out, length);
    putPadded(out, data);
  });
}

function block(type: number, options: readonly Option[], body: (out: ByteWriter) => void): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  u32le.write(out, type);
  u32le.write(out, 0);
  body(out);
  for (const [code, value] of options) {
    u16le.write(out, code);
    u16le.write(out, value.length);
    putPadded(out, value);
  }
  u32le.write(out, OPTION_END);
  u32le.write(out, out.length + 4);
  const bytes = out.finish();
  new DataView(bytes.buffer).setUint32(4, bytes.length, true);
  return bytes;
}

function putPadded(out: ByteWriter, bytes: Uint8Array): void {
  out.put(bytes);
  out.view(-bytes.length & 3);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
