import type { Clock } from "../core/clock.ts";

/** The firmware's own clock: it starts with the right time, and can be set. */
export class AmtTime {
  readonly #clock: Clock;
  #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = Date.now() - clock.monotonic();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#offset + this.#clock.monotonic();
  }

  /** Moves it forward, or back. */
  adjust(ms: number): void {
    this.#offset += ms;
  }
}
