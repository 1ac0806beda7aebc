import type { AmtError } from "../../core/errors/mod.ts";
import { DATA_HEAD } from "./limits.ts";

const CHANNEL_DATA = 94;

/** A message on its way. */
export interface Outgoing {
  readonly message: Uint8Array;
  /** It was handed over, or with `error` it was not. */
  settle(error?: AmtError): void;
}

interface Pending {
  readonly bytes: Uint8Array;
  offset: number;
  resolve(): void;
  reject(error: AmtError): void;
}

/** Bytes that were written to a channel and are not sent yet. */
export class Outbox {
  #writes: Pending[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Resolves when all of `bytes` were sent; they must not change before. */
  put(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#writes.push({ bytes, offset: 0, resolve, reject });
      this.#length += bytes.length;
    });
  }

  /** The next `length` bytes as a CHANNEL_DATA message; `settle` settles the writes that it completes. */
  take(recipient: number, length: number): Outgoing {
    const message = dataMessage(recipient, length);
    const complete: Pending[] = [];
    for (let at = DATA_HEAD; at < message.length;) {
      const write = this.#writes[0]!;
      const part = write.bytes.subarray(write.offset, write.offset + message.length - at);
      message.set(part, at);
      at += part.length;
      write.offset += part.length;
      if (write.offset === write.bytes.length) complete.push(this.#writes.shift()!);
    }
    this.#length -= length;
    return {
      message,
      settle(error) {
        for (const write of complete) {
          if (error === undefined) write.resolve();
          else write.reject(error);
        }
      },
    };
  }

  /** What is not sent never will be. */
  fail(error: AmtError): void {
    const writes = this.#writes;
    this.#writes = [];
    this.#length = 0;
    for (const write of writes) write.reject(error);
  }
}

/** A CHANNEL_DATA message without its payload: the declared layout copies it twice, in about twice the time. */
function dataMessage(recipient: number, length: number): Uint8Array {
  const message = new Uint8Array(DATA_HEAD + length);
  const view = new DataView(message.buffer);
  view.setUint8(0, CHANNEL_DATA);
  view.setUint32(1, recipient);
  view.setUint32(5, length);
  return message;
}
