import { abortError, AmtError } from "../../core/errors/mod.ts";

export interface Deadline {
  readonly ms: number;
  /** Stands in front of messages. */
  readonly subject: string;
  readonly signals: readonly (AbortSignal | undefined)[];
}

/**
 * Does `work` with a signal that fires when one of `signals` does, with its reason, and after `ms`, with `timeout`.
 * Leaves no timer and no listener behind. Rejects through {@link abortError} when one of them has fired before.
 */
export async function within<T>(
  { ms, subject, signals }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const late = () => new AmtError("timeout", `${subject}: no answer within ${ms / 1000} s`);
  const timer = setTimeout(() => limit.abort(late()), ms);
  const handlers = signals.map((signal) => {
    const onAbort = () => limit.abort(signal!.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    return onAbort;
  });
  try {
    if (limit.signal.aborted) throw abortError(limit.signal, subject);
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signals.forEach((signal, i) => signal?.removeEventListener("abort", handlers[i]!));
  }
}
