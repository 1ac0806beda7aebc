/** The frames between the simulator and `fuse_mei`; `link.h` says what each carries. */
export const FrameType = {
  connect: 1,
  messageOut: 2,
  allow: 3,
  close: 4,
  state: 65,
  connected: 66,
  messageIn: 67,
  credit: 68,
  disconnected: 69,
} as const;

export interface Frame {
  readonly type: number;
  readonly handle: number;
  readonly payload: Uint8Array;
}

const HEADER = 9;
const MAX_PAYLOAD = 128 * 1024;

export function frameBytes(type: number, handle: number, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint8(4, type);
  view.setUint32(5, handle, true);
  bytes.set(payload, HEADER);
  return bytes;
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #rest: Uint8Array = new Uint8Array();

  /** The frames that are whole now. Throws `RangeError` for a length that no frame has. */
  *push(chunk: Uint8Array): Generator<Frame> {
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const length = view.getUint32(at, true);
      if (length > MAX_PAYLOAD) throw new RangeError(`frame of ${length} bytes`);
      const end = at + HEADER + length;
      if (end > bytes.length) break;
      // A copy, for the chunk's memory belongs to the socket and the simulator may keep a message.
      yield {
        type: view.getUint8(at + 4),
        handle: view.getUint32(at + 5, true),
        payload: Uint8Array.prototype.slice.call(bytes, at + HEADER, end),
      };
      at = end;
    }
    this.#rest = Uint8Array.prototype.slice.call(bytes, at);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
