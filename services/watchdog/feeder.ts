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

/** Milliseconds since `sentAt` of `performance.now`, in thousandths. */
export function roundTripSince(sentAt: number): number {
  return Math.round(1000 * (performance.now() - sentAt)) / 1000;
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
  /** Starts the watchdog, or keeps it from running out. */
  beat(options?: WaitOptions): Promise<Beat>;
  /** Stops the watchdog. Rejects with `amt.state` where the kernel was told never to (nowayout). */
  disarm(options?: WaitOptions): Promise<void>;
}
