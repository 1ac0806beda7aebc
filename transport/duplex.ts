import type { Duplex } from "node:stream";
import { AmtError } from "../core/errors/mod.ts";
import type { ByteChannel } from "./channel.ts";

/** How long what the other side said last is still read after it takes no more, in ms. */
const LAST_WORDS_MS = 1000;

type Done = (error?: Error | null) => void;

/**
 * A channel as a stream of Node, for `node:http` and `node:tls`; takes the channel over. Keeps one chunk each way, so
 * that whoever is slow holds up the other side. `end()` closes the writable alone. An error of the channel is the
 * stream's error as it is; one of a write waits for what is still to be read. Destruction disposes of the channel, which
 * may take longer than the stream's `close`: see `channel.closed`.
 */
export async function toDuplex(channel: ByteChannel): Promise<Duplex> {
  const { Duplex } = await import("node:stream");
  const reader = channel.readable.getReader();
  const writer = channel.writable.getWriter();
  // The reads and writes themselves tell.
  for (const promise of [reader.closed, writer.closed, writer.ready]) promise.catch(() => {});
  const write = (duplex: Duplex, { buffer, byteOffset, length }: Uint8Array, done: Done) =>
    settle(duplex, writer.write(new Uint8Array(buffer, byteOffset, length)), done);
  return new Duplex({
    allowHalfOpen: true,
    readableHighWaterMark: 1,
    writableHighWaterMark: 1,
    read() {
      nextChunk(reader).then((chunk) => this.push(chunk ?? null), (error) => this.destroy(error));
    },
    write(chunk: Uint8Array, _encoding, done) {
      write(this, chunk, done);
    },
    writev(chunks, done) {
      write(this, joined(chunks.map(({ chunk }) => chunk as Uint8Array)), done);
    },
    final(done) {
      settle(this, writer.close(), done);
    },
    destroy(error, done) {
      reader.cancel(error).catch(() => {});
      writer.abort(error).catch(() => {});
      channel[Symbol.asyncDispose]().then(undefined, () => {});
      done(error);
    },
  });
}

/**
 * A stream of Node as a channel; takes the stream over. Nothing is kept but what the stream gives before it minds a
 * pause. `name` stands in front of messages. An error of the stream that is no `AmtError` becomes `net.connect`
 * (details `errno`), or what `errorOf` makes of it, and so does a stream that closes before its end; disposal is no
 * error.
 */
export function fromDuplex(duplex: Duplex, name: string, errorOf?: (cause: Error) => AmtError): ByteChannel {
  return new DuplexChannel(duplex, name, errorOf);
}

class DuplexChannel implements ByteChannel {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly closed: Promise<void>;
  readonly #duplex: Duplex;
  readonly #name: string;
  readonly #errorOf: ((cause: Error) => AmtError) | undefined;
  #error: AmtError | undefined;
  #isDisposed = false;
  /** Of the write, or the end, that the stream has. */
  #rejectWrite: ((error: AmtError) => void) | undefined;

  constructor(duplex: Duplex, name: string, errorOf: ((cause: Error) => AmtError) | undefined) {
    this.#duplex = duplex;
    this.#name = name;
    this.#errorOf = errorOf;
    duplex.pause();
    duplex.on("error", (cause) => this.#failed(cause));
    this.closed = new Promise((resolve, reject) => {
      const onClose = () => {
        if (!duplex.readableEnded) this.#failed(duplex.errored ?? undefined);
        if (this.#error === undefined || this.#isDisposed) resolve();
        else reject(this.#error);
      };
      if (duplex.destroyed) onClose();
      else duplex.once("close", onClose);
    });
    this.closed.catch(() => {});
    this.readable = this.#makeReadable();
    this.writable = this.#makeWritable();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#destroy();
    await this.closed.catch(() => {});
  }

  #makeReadable(): ReadableStream<Uint8Array> {
    const duplex = this.#duplex;
    return new ReadableStream({
      start: (controller) => {
        duplex.on("data", (chunk: Uint8Array) => {
          if (this.#error !== undefined) return;
          controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
          duplex.pause();
        });
        // In Bun an end follows an error, or the destruction.
        duplex.once("end", () => this.#error === undefined ? controller.close() : controller.error(this.#error));
        duplex.once("close", () => this.#error !== undefined && controller.error(this.#error));
      },
      pull: (controller) => {
        if (this.#error === undefined) duplex.resume();
        else controller.error(this.#error);
      },
      cancel: () => this.#destroy(),
    }, { highWaterMark: 0 });
  }

  #makeWritable(): WritableStream<Uint8Array> {
    const duplex = this.#duplex;
    return new WritableStream({
      start: (controller) => {
        duplex.once("close", () => this.#error !== undefined && controller.error(this.#error));
      },
      write: (chunk) => this.#written((done) => duplex.write(chunk, done)),
      close: () => this.#written((done) => duplex.end(done)),
      abort: () => this.#destroy(),
    });
  }

  #written(start: (done: Done) => void): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#rejectWrite = reject;
      start((error) => error ? reject(this.#failed(error)) : resolve());
    });
  }

  #destroy(): void {
    this.#isDisposed = true;
    this.#error ??= new AmtError("mei.closed", `${this.#name}: closed by this program`);
    this.#duplex.destroy();
  }

  #failed(cause: Error | undefined): AmtError {
    this.#error ??= cause !== undefined && this.#errorOf ? this.#errorOf(cause) : channelError(this.#name, cause);
    this.#rejectWrite?.(this.#error);
    return this.#error;
  }
}

async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    // To a stream of Node, an empty chunk may look like the end.
    if (value.length > 0) return value;
  }
}

function settle(duplex: Duplex, work: Promise<void>, done: Done): void {
  work.then(() => done(), (error) => afterLastWords(duplex, () => done(error)));
}

/** Pieces that wait together leave together: a request's head and its body are one message to AMT. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * Calls `then` when all that came has been read, or when that takes too long: a server that refuses a request may say
 * why and close before it has taken the whole of it.
 */
function afterLastWords(duplex: Duplex, then: () => void): void {
  if (duplex.readableEnded || duplex.destroyed) return then();
  const over = () => {
    clearTimeout(timer);
    duplex.off("end", over).off("close", over);
    then();
  };
  const timer = setTimeout(over, LAST_WORDS_MS);
  duplex.on("end", over).on("close", over);
}

function channelError(name: string, cause: Error | undefined): AmtError {
  if (cause instanceof AmtError) return cause;
  const errno = (cause as { code?: string } | undefined)?.code;
  const what = errno ?? cause?.message ?? "closed before its end";
  return new AmtError("net.connect", `${name}: ${what}`, { cause, details: { errno } });
}
