import { AmtError } from "../../core/errors/mod.ts";
import type { ByteChannel } from "../../transport/channel.ts";

/** One end of a pair, with what a test has to know of it. */
export interface PairEnd extends ByteChannel {
  /** Chunks that the other end has written and nobody here has asked for. */
  readonly unread: number;
  readonly isDisposed: boolean;
  /** Both directions error at both ends. */
  break(error: AmtError): void;
}

/** Two ends of one channel in memory. A write is done when the other end has read it, and nothing is kept in between. */
export function channelPair(): [PairEnd, PairEnd] {
  const [there, back] = [new Pipe(), new Pipe()];
  return [pairEnd(back, there), pairEnd(there, back)];
}

interface Held {
  readonly chunk: Uint8Array;
  settle(error?: AmtError): void;
}

/** One direction. */
class Pipe {
  readonly held: Held[] = [];
  readonly over: Promise<void>;
  #settleOver!: () => void;
  #readers: (() => void)[] = [];
  #isEnded = false;
  #error: AmtError | undefined;

  constructor() {
    this.over = new Promise((resolve) => this.#settleOver = resolve);
  }

  get error(): AmtError | undefined {
    return this.#error;
  }

  write(chunk: Uint8Array): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.held.push({ chunk, settle: (error) => error === undefined ? resolve() : reject(error) });
      this.#wake();
    });
  }

  end(): void {
    this.#isEnded = true;
    this.#settleOver();
    this.#wake();
  }

  /** What nobody has read is lost; after an end that all has been read of, nothing happens. */
  fail(error: AmtError): void {
    if (this.#isEnded && this.held.length === 0) return;
    this.#error ??= error;
    for (const each of this.held.splice(0)) each.settle(error);
    this.#settleOver();
    this.#wake();
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const next = this.held.shift();
      if (next !== undefined) {
        next.settle();
        return next.chunk;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#isEnded) return undefined;
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#readers.splice(0)) wake();
  }
}

function pairEnd(incoming: Pipe, outgoing: Pipe): PairEnd {
  let isDisposed = false;
  const gone = () =>
    new AmtError("net.connect", "memory: the other end went away", { details: { errno: "ECONNRESET" } });
  const both = (error: AmtError) => [incoming, outgoing].forEach((pipe) => pipe.fail(error));
  const closed = Promise.all([incoming.over, outgoing.over]).then(() => {
    const error = incoming.error ?? outgoing.error;
    if (error !== undefined && !isDisposed) throw error;
  });
  closed.catch(() => {});
  return {
    readable: new ReadableStream({
      async pull(controller) {
        const chunk = await incoming.read();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: () => incoming.fail(gone()),
    }, { highWaterMark: 0 }),
    writable: new WritableStream({
      write: (chunk) => outgoing.write(chunk),
      close: () => outgoing.end(),
      abort: () => outgoing.fail(gone()),
    }),
    closed,
    get unread() {
      return incoming.held.length;
    },
    get isDisposed() {
      return isDisposed;
    },
    break: both,
    [Symbol.asyncDispose]() {
      isDisposed = true;
      both(gone());
      return Promise.resolve();
    },
  };
}
