import { AmtError } from "./amt_error.ts";

/**
 * What an aborted wait ends with: the signal's own reason when it is an {@link AmtError}; `timeout` for a signal of
 * `AbortSignal.timeout`; `cancelled` otherwise. `subject` says what was waited for.
 */
export function abortError(signal: AbortSignal, subject: string): AmtError {
  const reason: unknown = signal.reason;
  if (reason instanceof AmtError) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError") {
    return new AmtError("timeout", `${subject}: no answer in time`, { cause: reason });
  }
  return new AmtError("cancelled", `${subject}: interrupted`, { cause: reason });
}
