import { abortError, AmtError } from "../../core/errors/mod.ts";
import { type ApfClock, waitFor } from "./waiting.ts";

export interface SlotsOptions {
  readonly clock: ApfClock;
  /** Channels at a time. */
  readonly count: number;
  /** How many may wait for one. */
  readonly queueLimit: number;
  /** How long one is waited for, in ms. */
  readonly waitMs: number;
}

/** Gives a slot back; once is enough. */
export type ReleaseSlot = () => void;

/** The channels that the firmware has for us, and those who wait for one, first come first served. */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #waiters = new Set<() => void>();
  /** Those that have a slot here, and the firmware had none. */
  readonly #refused = new Set<AbortController>();
  #used = 0;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  get used(): number {
    return this.#used;
  }

  /** How many wait for one. */
  get waiting(): number {
    return this.#waiters.size + this.#refused.size;
  }

  /**
   * The next slot that is free; `onWait` is called when there is none now. Rejects with `mei.busy` when too many wait,
   * `timeout`, and when `signal` fires.
   */
  async take(subject: string, signal: AbortSignal, onWait: () => void): Promise<ReleaseSlot> {
    const { clock, count, queueLimit, waitMs: ms } = this.#options;
    if (this.#used < count) {
      this.#used++;
      return this.#held();
    }
    if (this.#waiters.size >= queueLimit) {
      throw new AmtError("mei.busy", `${subject}: all ${count} channels are in use, and ${queueLimit} wait for one`, {
        hint: "Close some of the connections, or try again when they are done",
      });
    }
    onWait();
    await waitFor<void>((resolve) => {
      const waiter = () => resolve();
      this.#waiters.add(waiter);
      return () => this.#waiters.delete(waiter);
    }, { clock, ms, signal, subject, late: `all ${count} channels stay in use` });
    return this.#held();
  }

  /** Resolves when another slot is given back, and after `ms` in any case. */
  async another(ms: number, subject: string, signal: AbortSignal): Promise<void> {
    const freed = new AbortController();
    const onAbort = () => freed.abort();
    this.#refused.add(freed);
    signal.addEventListener("abort", onAbort, { once: true });
    await this.#options.clock.sleep(ms, freed.signal, subject).catch(() => {});
    signal.removeEventListener("abort", onAbort);
    this.#refused.delete(freed);
    if (signal.aborted) throw abortError(signal, subject);
  }

  #held(): ReleaseSlot {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const refused of this.#refused) refused.abort();
      const [waiter] = this.#waiters;
      if (waiter === undefined) {
        this.#used--;
        return;
      }
      this.#waiters.delete(waiter);
      waiter();
    };
  }
}
