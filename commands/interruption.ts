import { AmtError } from "../core/errors/mod.ts";
import type { Runtime } from "./context.ts";
import type { Timeout } from "./global_flags.ts";

/** How long a command may take to end by itself, and to say more, once it has been asked to. */
const GRACE_MS = 250;
/** How long the reader of what is printed may then hold it up. */
const PRINT_MS = 250;
const INTERRUPTED = 130;

export interface InterruptionOptions {
  readonly limit: Timeout | undefined;
  /** The command goes on until it is ended, so that the limit is no failure to answer. */
  readonly isStream: boolean;
}

/**
 * Ctrl-C and `--timeout`. Both abort one signal with the error to end with as its reason; work that does not answer
 * to it, say for a kernel call that hangs, is left behind. A second Ctrl-C exits at once.
 *
 * The first timer costs 5 ms on Deno, so listening begins when the signal is first asked for; what never waits does
 * not need it.
 */
export class Interruption {
  readonly #runtime: Runtime;
  readonly #options: InterruptionOptions;
  readonly #controller = new AbortController();
  /** Fires, with the same reason, when what was asked to end has had its time. */
  readonly #late = new AbortController();
  #graceMs = GRACE_MS;
  #disarm: (() => void) | undefined;

  constructor(runtime: Runtime, options: InterruptionOptions) {
    this.#runtime = runtime;
    this.#options = options;
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
    const { signal } = this.#late;
    return await new Promise<T>((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    });
  }

  /**
   * Resolves when it is printed. Rejects as `printing` does, and with the reason of the interruption when nobody reads
   * on after that.
   */
  async print(printing: Promise<void>): Promise<void> {
    const { signal } = this.#controller;
    await new Promise<void>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const onAbort = () => timer = setTimeout(() => reject(signal.reason), PRINT_MS);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      printing.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      });
    });
  }

  /**
   * The events of a stream; one that ends because it was interrupted ends with the reason. However it ends, `leave` is
   * given the work of ending it.
   */
  async *guardEach<T>(events: AsyncIterable<T>, leave: (ending: Promise<unknown>) => void): AsyncIterable<T> {
    const iterator = events[Symbol.asyncIterator]();
    const { signal } = this;
    try {
      for (;;) {
        const next = await this.guard(iterator.next());
        if (next.done) break;
        yield next.value;
      }
    } finally {
      leave(Promise.resolve(iterator.return?.()));
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
      grace = setTimeout(() => this.#late.abort(signal.reason), this.#graceMs);
    });
    const ms = this.#options.limit?.ms;
    if (ms !== undefined) limit = setTimeout(() => this.#controller.abort(this.#timeout(ms)), ms);
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

  #timeout(timeoutMs: number): AmtError {
    const { limit, isStream } = this.#options;
    const details = { timeoutMs };
    if (!isStream) return new AmtError("timeout", `no answer within ${limit?.text}`, { details });
    return new AmtError("timeout", `ended after ${limit?.text}, as --timeout says`, {
      details,
      hint: "Without --timeout it goes on until it is interrupted",
    });
  }
}
