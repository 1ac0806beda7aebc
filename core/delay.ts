import { abortError } from "./errors/mod.ts";

/** Resolves after `ms` milliseconds; rejects through {@link abortError} when `signal` fires first. */
export function delay(ms: number, signal: AbortSignal | undefined, subject: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal, subject));
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(abortError(signal!, subject));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * What `work` settles to, unless `signal` fires first: then calls `abandon`, which has to see to what becomes of
 * `work`, and rejects through {@link abortError}.
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  subject: string,
  abandon: () => void,
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      abandon();
      reject(abortError(signal, subject));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
