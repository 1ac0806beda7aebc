import type { AmtError, ErrorCode } from "../../core/errors/mod.ts";
import type { WaitOptions } from "../../transport/mei.ts";

/** Whether the watchdog runs; `unknown` where nothing tells. */
export type Armed = boolean | "unknown";

/** One heartbeat, and what came of it. */
export interface Beat {
  /** The firmware confirmed it; clients of protocol version 1 confirm nothing. */
  acknowledged: boolean;
  /** The firmware's word, 0 for success; `null` where none is told. */
  status: number | null;
  /** The firmware does not want heartbeats now, and the watchdog does not run. */
  notRequired: boolean;
  /** From sending to the acknowledgement, or to when the driver had taken it. */
  roundTripMs: number;
}

/** Milliseconds, no finer than a clock tells them. */
export function inThousandths(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}

const unanswered: readonly ErrorCode[] = ["indeterminate", "firmware.protocol", "firmware.refused"];

/** Whether a heartbeat that ended so may have started the watchdog; by any other error of `beat` none was sent. */
export function mayHaveStarted({ code }: AmtError): boolean {
  return unanswered.includes(code);
}

/**
 * Whoever gives AMT's watchdog its heartbeats: through the kernel's device, or straight over MEI. Disposal ends that
 * without a stop of its own; what then becomes of the watchdog, {@link Feeder.leaves} tells.
 */
export interface Feeder extends AsyncDisposable {
  readonly via: "kernel" | "mei";
  /** The kernel's watchdog, `/dev/watchdog1`. */
  readonly path: string | undefined;
  /** Within which the next heartbeat has to come. */
  readonly timeoutSeconds: number;
  /** What state a watchdog that runs is in when this ends without {@link Feeder.disarm}. */
  readonly leaves: Armed;
  /**
   * Starts the watchdog, or keeps it from running out. Rejects with `indeterminate` when it was sent and what came of
   * it is not known, an interruption included.
   */
  beat(options?: WaitOptions): Promise<Beat>;
  /** Stops the watchdog. Rejects with `amt.state` where the kernel was told never to (nowayout). */
  disarm(options?: WaitOptions): Promise<void>;
}
