import type { Clock } from "../../core/clock.ts";
import { abortError } from "../../core/errors/mod.ts";

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** A clock that stands still until a test turns it. */
export class ManualClock implements Clock {
  #now = 0;
  #suspended = 0;
  readonly #sleepers = new Set<Sleeper>();

  /** How many sleep by it. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  monotonic(): number {
    return this.#now;
  }

  boottime(): number {
    return this.#now + this.#suspended;
  }

  sleep(ms: number, signal: AbortSignal | undefined, subject: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal, subject));
      const end = (settle: () => void) => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", onAbort);
        settle();
      };
      const sleeper = { until: this.#now + ms, wake: () => end(resolve) };
      const onAbort = () => end(() => reject(abortError(signal!, subject)));
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Wakes all that sleep no longer than until `ms` from now, one after another, and what they then wait for. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      await settled();
    }
    this.#now = end;
  }

  /** The machine sleeps for so long: only boot time goes on. */
  suspend(ms: number): void {
    this.#suspended += ms;
  }

  #next(end: number): Sleeper | undefined {
    const due = [...this.#sleepers].filter(({ until }) => until <= end);
    return due.sort((a, b) => a.until - b.until)[0];
  }
}

/** When all promises that can settle by themselves have. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
