/**
 * A reader of pcapng, written from draft-ietf-opsawg-pcapng alone and used by tests only: it shares no code with the
 * product, and knows little-endian files with one section.
 */

export interface Option {
  readonly code: number;
  readonly value: Buffer;
}

export interface Block {
  readonly type: number;
  readonly body: Buffer;
}

export interface Packet {
  readonly interfaceId: number;
  /** Units of the interface's resolution since 1970. */
  readonly timestamp: bigint;
  readonly originalLength: number;
  readonly data: Buffer;
  readonly options: readonly Option[];
}

/** Section 3.1: type, total length, body, total length; all padded to 32 bits. */
export function blocks(file: Uint8Array): Block[] {
  const bytes = Buffer.from(file);
  const found: Block[] = [];
  for (let at = 0; at < bytes.length;) {
    const total = bytes.readUInt32LE(at + 4);
    if (total % 4 !== 0) throw new Error(`block at ${at}: length ${total}`);
    if (bytes.readUInt32LE(at + total - 4) !== total) throw new Error(`block at ${at}: its lengths differ`);
    found.push({ type: bytes.readUInt32LE(at), body: bytes.subarray(at + 8, at + total - 4) });
    at += total;
  }
  return found;
}

/** Section 3.5: code, length, value padded to 32 bits, until opt_endofopt or the end of the block. */
export function options(bytes: Buffer): Option[] {
  const found: Option[] = [];
  for (let at = 0; at < bytes.length;) {
    const code = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    if (code === 0) return found;
    found.push({ code, value: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return found;
}

/** Section 4.3: interface, timestamp (high, low), captured length, original length, data padded to 32 bits, options. */
export function packets(file: Uint8Array): Packet[] {
  return blocks(file).filter(({ type }) => type === 6).map(({ body }) => {
    const captured = body.readUInt32LE(12);
    return {
      interfaceId: body.readUInt32LE(0),
      timestamp: (BigInt(body.readUInt32LE(4)) << 32n) + BigInt(body.readUInt32LE(8)),
      originalLength: body.readUInt32LE(16),
      data: body.subarray(20, 20 + captured),
      options: options(body.subarray(20 + Math.ceil(captured / 4) * 4)),
    };
  });
}
