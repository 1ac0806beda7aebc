import { BlockReader } from "./block_reader.ts";
import { blockType, BYTE_ORDER_MAGIC, INTERFACE_RESOLUTION } from "./pcapng.ts";
import { traceError } from "./trace_error.ts";

/** A packet as it stands in a pcapng file. */
export interface CapturedPacket {
  /** Its number in the file, from 1, as Wireshark counts. */
  readonly number: number;
  readonly linkType: number;
  /** Milliseconds since 1970; `undefined` for a packet without a time. */
  readonly time: number | undefined;
  readonly data: Uint8Array;
}

interface Interface {
  readonly linkType: number;
  /** Milliseconds of one step of its timestamps. */
  readonly step: number;
}

const SIMPLE_PACKET = 3;
const OLD_PACKET = 2;
const RESERVED_WORDS_OF_SIMPLE_PACKET = 4;

/** Whether the bytes begin as a pcapng file does. */
export function isPcapng(bytes: Uint8Array): boolean {
  return [0x0a, 0x0d, 0x0d, 0x0a].every((byte, i) => bytes[i] === byte);
}

/**
 * The packets of a pcapng file of either byte order; blocks without packets are passed over. Throws `usage` at the
 * first block that is cut or contradicts itself, after the packets before it.
 */
export function* packetsOf(file: Uint8Array): Generator<CapturedPacket> {
  let littleEndian = true;
  let interfaces: Interface[] = [];
  let number = 0;
  for (let at = 0; at < file.length;) {
    if (isPcapng(file.subarray(at))) {
      littleEndian = byteOrder(file, at);
      interfaces = [];
    }
    const block = BlockReader.at(file, at, littleEndian);
    at += block.size;
    switch (block.type) {
      case blockType.section:
        expectVersion(block);
        break;
      case blockType.interface:
        interfaces.push(readInterface(block));
        break;
      case blockType.packet:
        yield readPacket(block, interfaces, ++number);
        break;
      case SIMPLE_PACKET:
      case OLD_PACKET:
        number++;
        break;
    }
  }
}

function byteOrder(file: Uint8Array, at: number): boolean {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (at + 12 > file.length) throw traceError(`the block at byte ${at}: it is cut off`);
  if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  if (view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) return false;
  throw traceError(`the section at byte ${at} has no byte order`);
}

function expectVersion(block: BlockReader): void {
  block.u32();
  const major = block.u16();
  if (major !== 1) throw block.error(`pcapng version ${major}, and only 1 is known`);
}

function readInterface(block: BlockReader): Interface {
  const linkType = block.u16();
  block.skip(6);
  const resolution = block.options().find(([code]) => code === INTERFACE_RESOLUTION)?.[1][0] ?? 6;
  const perSecond = resolution < 0x80 ? 10 ** resolution : 2 ** (resolution & 0x7f);
  return { linkType, step: 1000 / perSecond };
}

function readPacket(block: BlockReader, interfaces: readonly Interface[], number: number): CapturedPacket {
  const id = block.u32();
  const from = interfaces[id];
  if (from === undefined) throw block.error(`interface ${id} is not described`);
  const time = (block.u32() * 2 ** 32 + block.u32()) * from.step;
  const captured = block.u32();
  block.skip(RESERVED_WORDS_OF_SIMPLE_PACKET);
  return { number, linkType: from.linkType, time: isDate(time) ? time : undefined, data: block.take(captured) };
}

/** Dates of ECMAScript end 100 million days after 1970. */
function isDate(time: number): boolean {
  return time <= 8.64e15;
}
