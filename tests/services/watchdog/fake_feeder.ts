import type { Clock } from "../../../core/clock.ts";
import type { Armed, Beat, Feeder } from "../../../services/watchdog/feeder.ts";
import type { WaitOptions } from "../../../transport/mei.ts";

export const confirmed: Beat = { acknowledged: true, status: 0, notRequired: false, roundTripMs: 1 };

export interface FakeFeederOptions {
  readonly via?: "kernel" | "mei";
  readonly timeoutSeconds?: number;
  readonly leaves?: Armed;
  /** What comes of each heartbeat, counted from 1; a beat that is left out is confirmed. */
  beat?(number: number, options: WaitOptions): Promise<Beat>;
  disarm?(options: WaitOptions): Promise<void>;
}

/** A watchdog in memory; times are boot times of its clock. */
export class FakeFeeder implements Feeder {
  readonly via: "kernel" | "mei";
  readonly path: string | undefined;
  readonly timeoutSeconds: number;
  readonly leaves: Armed;
  readonly beatsAt: number[] = [];
  stops = 0;
  closes = 0;
  readonly #clock: Clock;
  readonly #options: FakeFeederOptions;

  constructor(clock: Clock, options: FakeFeederOptions = {}) {
    const { via = "mei", timeoutSeconds = 120, leaves = "unknown" } = options;
    this.via = via;
    this.path = via === "kernel" ? "/dev/watchdog1" : undefined;
    this.timeoutSeconds = timeoutSeconds;
    this.leaves = leaves;
    this.#clock = clock;
    this.#options = options;
  }

  async beat(options: WaitOptions = {}): Promise<Beat> {
    this.beatsAt.push(this.#clock.boottime());
    return await (this.#options.beat?.(this.beatsAt.length, options) ?? confirmed);
  }

  async disarm(options: WaitOptions = {}): Promise<void> {
    this.stops++;
    await this.#options.disarm?.(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closes++;
    return Promise.resolve();
  }
}
