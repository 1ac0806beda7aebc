import { abortError, AmtError } from "../../core/errors/mod.ts";

/** Chunks that were read and are still in the list. */
const COMPACT_AT = 256;
/** Chunks that wait are copied together up to so many bytes: an object of a few bytes takes hundreds of memory. */
const JOINED_BYTES = 4096;

interface Reader {
  resolve(chunk: Uint8Array | undefined): void;
  reject(error: unknown): void;
}

/** Bytes that arrived for a channel and are not read yet. */
export class Inbox {
  #chunks: Uint8Array[] = [];
  /** What the last chunk lies in, when there is room behind it. */
  #room: Uint8Array | undefined;
  #next = 0;
  #length = 0;
  #lent = 0;
  #reader: Reader | undefined;
  /** How the stream ends once all chunks are read: with an error, or (`null`) without. */
  #end: AmtError | null | undefined;

  /** Bytes. */
  get length(): number {
    return this.#length;
  }

  put(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    const reader = this.#reader;
    if (reader === undefined) {
      if (!this.#join(chunk)) this.#chunks.push(chunk);
      this.#length += chunk.length;
      return;
    }
    this.#reader = undefined;
    this.#lent = chunk.length;
    reader.resolve(chunk);
  }

  /** The next chunk; `undefined` at the end. Rejects when `signal` fires, and loses nothing then. One at a time. */
  take(signal: AbortSignal | undefined, subject: string): Promise<Uint8Array | undefined> {
    if (this.#reader !== undefined) {
      return Promise.reject(new AmtError("usage", `${subject}: two reads at a time`));
    }
    if (this.#next < this.#chunks.length) return Promise.resolve(this.#shift());
    if (this.#end === null) return Promise.resolve(undefined);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (signal?.aborted) return Promise.reject(abortError(signal, subject));
    return new Promise((resolve, reject) => {
      if (signal === undefined) {
        this.#reader = { resolve, reject };
        return;
      }
      const onAbort = () => {
        this.#reader = undefined;
        reject(abortError(signal, subject));
      };
      const unheard = <T>(settle: (value: T) => void) => (value: T) => {
        signal.removeEventListener("abort", onAbort);
        settle(value);
      };
      this.#reader = { resolve: unheard(resolve), reject: unheard(reject) };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Nothing more arrives; what is here can still be read. The first end counts. */
  end(error: AmtError | null): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    const reader = this.#reader;
    this.#reader = undefined;
    if (error === null) reader?.resolve(undefined);
    else reader?.reject(error);
  }

  /** Bytes of the last chunk that was read; they are told once. */
  settleLent(): number {
    const lent = this.#lent;
    this.#lent = 0;
    return lent;
  }

  /** Drops what is here, and tells how many bytes that were; reads reject with `error`. */
  discard(error: AmtError): number {
    const dropped = this.#length;
    this.end(error);
    this.#end = error;
    this.#chunks = [];
    this.#room = undefined;
    this.#next = 0;
    this.#length = 0;
    return dropped;
  }

  /** Puts a small chunk behind the last one, if that waits. */
  #join(chunk: Uint8Array): boolean {
    const last = this.#next < this.#chunks.length ? this.#chunks.at(-1)! : undefined;
    const length = (last?.length ?? JOINED_BYTES) + chunk.length;
    if (last === undefined || length > JOINED_BYTES) {
      this.#room = undefined;
      return false;
    }
    if (this.#room === undefined) {
      this.#room = new Uint8Array(JOINED_BYTES);
      this.#room.set(last);
    }
    this.#room.set(chunk, last.length);
    this.#chunks[this.#chunks.length - 1] = this.#room.subarray(0, length);
    return true;
  }

  #shift(): Uint8Array {
    const chunk = this.#chunks[this.#next++]!;
    this.#length -= chunk.length;
    this.#lent = chunk.length;
    if (this.#next === this.#chunks.length || this.#next === COMPACT_AT) {
      this.#chunks.splice(0, this.#next);
      this.#next = 0;
    }
    return chunk;
  }
}
