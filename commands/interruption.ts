import { AmtError } from "../core/errors/mod.ts";
import type { Runtime } from "./context.ts";
import type { Timeout } from "./global_flags.ts";

/** How long a command may take to end by itself, and to say more, once it has been asked to. */
const GRACE_MS = 250;
const INTERRUPTED = 130;

/**
 * Ctrl-C and `--timeout`. Both abort one signal with the error to end with as its reason; work that does not answer
 * to it, say for a kernel call that hangs, is left behind. A second Ctrl-C exits at once.
 *
 * The first timer costs 5 ms on Deno, so listening begins when the signal is first asked for; what never waits does
 * not need it.
 */
export class Interruption {
  readonly #runtime: Runtime;
  readonly #limit: Timeout | undefined;
  readonly #controller = new AbortController();
  readonly #end: Promise<never>;
  #giveUp: (() => void) | undefined;
  #graceMs = GRACE_MS;
  #disarm: (() => void) | undefined;

  constructor(runtime: Runtime, limit: Timeout | undefined) {
    this.#runtime = runtime;
    this.#limit = limit;
    this.#end = new Promise((_, reject) => this.#giveUp = () => reject(this.#controller.signal.reason));
    this.#end.catch(() => {});
  }

  get signal(): AbortSignal {
    this.#disarm ??= this.#arm();
    return this.#controller.signal;
  }

  /** Work is under way that has to be finished, and then told of. */
  allow(graceMs: number): void {
    this.#graceMs = graceMs;
  }

  /** The work's result, or the reason of the interruption when the work outlives it. */
  async guard<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return await Promise.race([work, this.#end]);
  }

  /** The events of a stream; one that ends because it was interrupted ends with the reason. */
  async *guardEach<T>(events: AsyncIterable<T>): AsyncIterable<T> {
    const iterator = events[Symbol.asyncIterator]();
    const { signal } = this;
    try {
      for (;;) {
        const next = await this.guard(iterator.next());
        if (next.done) break;
        yield next.value;
      }
    } finally {
      iterator.return?.()?.catch(() => {});
    }
    signal.throwIfAborted();
  }

  /** Listens no more: from here on Ctrl-C ends the process as it does any other. */
  disarm(): void {
    this.#disarm?.();
    this.#disarm = () => {};
  }

  #arm(): () => void {
    const { signal } = this.#controller;
    let limit: ReturnType<typeof setTimeout> | undefined;
    let grace: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener("abort", () => {
      grace = setTimeout(() => this.#giveUp?.(), this.#graceMs);
    });
    if (this.#limit?.ms !== undefined) {
      const { ms, text } = this.#limit;
      const reason = new AmtError("timeout", `no answer within ${text}`, { details: { timeoutMs: ms } });
      limit = setTimeout(() => this.#controller.abort(reason), ms);
    }
    let asked = false;
    const off = this.#runtime.onInterrupt(() => {
      if (asked) this.#runtime.exit(INTERRUPTED);
      asked = true;
      this.#controller.abort(new AmtError("cancelled", "interrupted"));
    });
    return () => {
      off();
      clearTimeout(limit);
      clearTimeout(grace);
    };
  }
}
