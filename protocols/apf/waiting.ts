import type { Clock } from "../../core/clock.ts";
import { abortError, AmtError } from "../../core/errors/mod.ts";

/** What the time limits of a session go by. */
export type ApfClock = Pick<Clock, "sleep" | "monotonic">;

export interface WaitLimits {
  readonly clock: ApfClock;
  readonly ms: number;
  readonly signal: AbortSignal;
  /** What waits; stands in front of the error's message. */
  readonly subject: string;
  /** What the error says when the time is over. */
  readonly late: string;
}

/**
 * A promise that `start` settles, or that is given up: with `timeout` after `ms`, or as `abortError` has it when
 * `signal` fires. `start` answers what is to be done when it is given up.
 */
export function waitFor<T>(
  start: (resolve: (value: T) => void) => (isLate: boolean) => void,
  { clock, ms, signal, subject, late }: WaitLimits,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal, subject));
    const over = new AbortController();
    const settle = (finish: () => void) => {
      if (over.signal.aborted) return;
      over.abort();
      signal.removeEventListener("abort", onAbort);
      finish();
    };
    const giveUp = (error: AmtError, isLate: boolean) =>
      settle(() => {
        abandon(isLate);
        reject(error);
      });
    const onAbort = () => giveUp(abortError(signal, subject), false);
    signal.addEventListener("abort", onAbort, { once: true });
    const abandon = start((value) => settle(() => resolve(value)));
    clock.sleep(ms, over.signal, subject).then(
      () => giveUp(new AmtError("timeout", `${subject}: ${late}`), true),
      () => {},
    );
  });
}

/** A signal for one wait, which leaves nothing behind when it is disposed. */
export interface Waiting extends Disposable {
  readonly signal: AbortSignal;
}

/** What waits of a session go by: each has a signal of its own, and all fire at its end. */
export class Lifetime {
  readonly #waiting = new Set<AbortController>();
  #error: AmtError | undefined;

  get isOver(): boolean {
    return this.#error !== undefined;
  }

  /** One more wait; its signal fires with `signal` too. */
  wait(signal?: AbortSignal): Waiting {
    const controller = new AbortController();
    const onAbort = () => controller.abort(signal!.reason);
    if (this.#error !== undefined) controller.abort(this.#error);
    else if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    this.#waiting.add(controller);
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        this.#waiting.delete(controller);
        signal?.removeEventListener("abort", onAbort);
      },
    };
  }

  /** All waits end with `error`. */
  end(error: AmtError): void {
    this.#error ??= error;
    for (const controller of this.#waiting) controller.abort(error);
  }
}
