import { CallThread, type SlowCall } from "./call_thread.ts";
import { SystemError } from "./libc.ts";

/** Threads for blocking calls, as many as there are calls at one time; a call takes an idle one if there is one. */
export class CallThreads {
  readonly #source: string;
  readonly #idleMs: number;
  readonly #idle = new Map<CallThread, ReturnType<typeof setTimeout> | undefined>();
  readonly #busy = new Set<CallThread>();
  #disposed = false;

  /** `idleMs` is how long an idle thread waits for a call before it ends: `Infinity` where it costs nothing. */
  constructor(source: string, idleMs: number) {
    this.#source = source;
    this.#idleMs = idleMs;
  }

  /** Answers what the call returned. Rejects with `SystemError`; with `unexpected` when no thread can be started. */
  async call(call: SlowCall): Promise<number> {
    const thread = this.#takeIdle() ?? await CallThread.start(this.#source);
    if (this.#disposed) {
      thread.stop();
      throw new SystemError(call.call, "ECANCELED");
    }
    this.#busy.add(thread);
    try {
      return await thread.call(call);
    } finally {
      this.#busy.delete(thread);
      if (thread.usable) this.#keep(thread);
    }
  }

  /** Ends every thread; calls that are under way reject with `ECANCELED`. */
  dispose(): void {
    this.#disposed = true;
    for (const [thread, timer] of this.#idle) {
      clearTimeout(timer);
      thread.stop();
    }
    for (const thread of this.#busy) thread.stop();
    this.#idle.clear();
  }

  #takeIdle(): CallThread | undefined {
    for (const [thread, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(thread);
      if (thread.usable) return thread;
    }
    return undefined;
  }

  #keep(thread: CallThread): void {
    const end = () => {
      this.#idle.delete(thread);
      thread.stop();
    };
    this.#idle.set(thread, this.#idleMs === Infinity ? undefined : setTimeout(end, this.#idleMs));
  }
}
