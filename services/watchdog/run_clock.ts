import type { Clock } from "../../core/clock.ts";

/** The longest time without a word to the supervisor, and until a suspend is noticed. */
const SLICE_MS = 5000;
/** A difference of the clocks below this is no suspend. */
const SUSPEND_MS = 1500;

/** The time of a run: whoever waits by it keeps the supervisor told, and learns that the machine was suspended. */
export class RunClock {
  readonly #clock: Clock;
  readonly #notify: (state: string) => void;
  /** How long, boot time less monotonic time, the machine has slept all in all, as far as it was noticed. */
  #slept: number;
  /** When the supervisor was told last. */
  #toldAt: number;

  constructor(clock: Clock, notify: (state: string) => void) {
    this.#clock = clock;
    this.#notify = notify;
    this.#slept = this.#difference();
    this.#toldAt = this.now();
  }

  /** Boot time as far as suspends were noticed; finer than what the system tells of it. In ms. */
  now(): number {
    return this.#clock.monotonic() + this.#slept;
  }

  /** Tells the supervisor. */
  tell(state: string): void {
    this.#toldAt = this.now();
    this.#notify(state);
  }

  /** Sleeps for so long, or less: until the supervisor is to hear that this program is awake. Rejects as a sleep does. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    const untilWord = Math.max(1, this.#toldAt + SLICE_MS - this.now());
    await this.#clock.sleep(Math.min(ms, untilWord), signal, "watchdog run");
    this.tell("WATCHDOG=1");
  }

  /** What comes of `work`; the supervisor is told as in a sleep while it takes its time. */
  async attended<T>(work: T): Promise<Awaited<T>> {
    const over = new AbortController();
    const telling = this.#tellUntil(over.signal);
    try {
      return await work;
    } finally {
      over.abort();
      await telling;
    }
  }

  /** For how many ms the machine slept without it being noticed; 0 for what is no suspend. */
  noticeSuspend(): number {
    const slept = this.#difference() - this.#slept;
    if (slept < SUSPEND_MS) return 0;
    this.#slept += slept;
    return slept;
  }

  async #tellUntil(over: AbortSignal): Promise<void> {
    while (!over.aborted) await this.sleep(SLICE_MS, over).catch(() => {});
  }

  #difference(): number {
    return this.#clock.boottime() - this.#clock.monotonic();
  }
}
