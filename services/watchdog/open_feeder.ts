import { AmtError } from "../../core/errors/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { WatchdogTransport } from "../../transport/watchdog.ts";
import { type AmtWatchdog, findAmtWatchdog, type WatchdogSource } from "./amt_watchdog.ts";
import type { Feeder } from "./feeder.ts";
import { openKernelFeeder } from "./kernel_feeder.ts";
import { meiFeeder } from "./mei_feeder.ts";

/** A machine whose watchdog is to be fed. */
export interface FeedSource extends WatchdogSource {
  openMei(): Promise<MeiTransport>;
  openWatchdogs(): Promise<WatchdogTransport>;
}

/** `auto`: the kernel's device while mei_wdt holds the client, MEI otherwise. */
export const ways = ["auto", "kernel", "mei"] as const;
export type Way = typeof ways[number];

export interface FeedOptions {
  readonly via: Way;
  /** The watchdog's own, 120 to 65535; left out, the driver's stays, and over MEI it is the shortest. */
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_SECONDS = 120;

/**
 * Finds AMT's watchdog and the way to it. Rejects with `amt.disabled`, `amt.absent` or `mei.absent` where there is
 * none; with `mei.busy` where somebody else feeds it; with `usage` for a timeout out of range.
 */
export async function openFeeder(source: FeedSource, options: FeedOptions): Promise<Feeder> {
  const { timeoutSeconds, signal } = options;
  const amt = findAmtWatchdog(source);
  const via = wayTo(amt, options.via);
  if (via === "kernel") {
    return await openKernelFeeder(source.host, await source.openWatchdogs(), { timeoutSeconds, signal });
  }
  return meiFeeder(await source.openMei(), timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS);
}

/** Throws where no way can lead there; what only a try can tell is left to it. */
function wayTo(amt: AmtWatchdog, wanted: Way): "kernel" | "mei" {
  const { state, reason, hint, client } = amt;
  const code = state === "disabled" ? "amt.disabled" : state === "absent" ? "amt.absent" : undefined;
  if (state === "noDevice" || code !== undefined) {
    throw new AmtError(code ?? "mei.absent", reason ?? state, hint === null ? {} : { hint });
  }
  const driver = client?.driver ?? undefined;
  if (wanted === "mei" && driver !== undefined) {
    throw new AmtError("mei.busy", `the kernel driver ${driver} holds AMT's watchdog`, {
      hint: `Use --via kernel, or unload the driver first (modprobe -r ${driver})`,
      details: { driver },
    });
  }
  return wanted === "auto" ? driver === undefined ? "mei" : "kernel" : wanted;
}
