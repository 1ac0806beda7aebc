import type { Clock } from "../core/clock.ts";
import { abortError } from "../core/errors/mod.ts";
import { unrefTimer } from "../ffi/unref_timer.ts";

/**
 * The time of a simulated machine, which runs `scale` times as fast as the real one; it is never suspended. What
 * sleeps by it does not keep the process alive.
 */
export function simulatedClock(scale = 1): Clock {
  const monotonic = () => performance.now() * scale;
  return {
    monotonic,
    boottime: monotonic,
    sleep: (ms, signal, subject) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(abortError(signal, subject));
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        }, ms / scale);
        unrefTimer(timer);
        const onAbort = () => {
          clearTimeout(timer);
          reject(abortError(signal!, subject));
        };
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
  };
}
