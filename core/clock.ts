import { delay } from "./delay.ts";

/** Time, for whatever goes by it; tests turn one by hand. */
export interface Clock {
  /** Milliseconds from some start; stands still while the machine is suspended. */
  monotonic(): number;
  /** Milliseconds since the machine started, time in suspend included. */
  boottime(): number;
  /** Resolves after `ms` of {@link Clock.monotonic}; rejects when `signal` fires first, as `abortError` has it. */
  sleep(ms: number, signal: AbortSignal | undefined, subject: string): Promise<void>;
}

/** The machine's clock. `uptime` is the text of /proc/uptime, which has hundredths of a second. */
export function systemClock(uptime: () => string | undefined): Clock {
  return {
    monotonic: () => performance.now(),
    boottime: () => 1000 * Number(uptime()?.split(" ")[0] ?? performance.now() / 1000),
    sleep: delay,
  };
}
