import { AmtError } from "../../core/errors/mod.ts";
import type { Host } from "../../ffi/host.ts";
import { checkWatchdogTimeout } from "../../protocols/watchdog/mod.ts";
import type { WaitOptions } from "../../transport/mei.ts";
import { amtWatchdog, type KernelWatchdog } from "../../transport/sysfs_watchdog.ts";
import type { WatchdogTransport } from "../../transport/watchdog.ts";
import { type Feeder, roundTripSince } from "./feeder.ts";

export interface KernelFeederOptions extends WaitOptions {
  /** Left out, the driver's own stays. */
  readonly timeoutSeconds?: number | undefined;
}

/** From this protocol version on the firmware acknowledges heartbeats, and the driver waits for that. */
const ACKNOWLEDGING = 2;

/**
 * Feeds AMT's watchdog through the kernel's device, which it opens. Rejects as `WatchdogTransport.open` does, with
 * `usage`, and with `mei.absent` where the kernel has no such watchdog.
 */
export async function openKernelFeeder(
  host: Host,
  watchdogs: WatchdogTransport,
  { timeoutSeconds, signal }: KernelFeederOptions = {},
): Promise<Feeder> {
  if (timeoutSeconds !== undefined) checkWatchdogTimeout(timeoutSeconds);
  const watchdog = amtWatchdog(host);
  if (watchdog === undefined) throw noKernelWatchdog();
  const handle = await watchdogs.open(watchdog.path, { signal });
  try {
    const differs = timeoutSeconds !== undefined && timeoutSeconds !== handle.timeout();
    const timeout = differs ? await handle.setTimeout(timeoutSeconds, { signal }) : handle.timeout();
    const acknowledged = handle.support().firmwareVersion >= ACKNOWLEDGING;
    return {
      via: "kernel",
      path: watchdog.path,
      timeoutSeconds: timeout,
      get leaves() {
        return nowayout(host, watchdog);
      },
      async beat(options) {
        const sentAt = performance.now();
        await handle.keepAlive(options);
        // The driver takes its watchdog away when the firmware says that it wants none.
        const notRequired = amtWatchdog(host) === undefined;
        return { acknowledged, status: acknowledged ? 0 : null, notRequired, roundTripMs: roundTripSince(sentAt) };
      },
      disarm: (options) => handle.disable(options),
      [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose](),
    };
  } catch (error) {
    await handle[Symbol.asyncDispose]();
    throw error;
  }
}

/** Closing the node stops the watchdog, unless somebody said that nothing may. */
function nowayout(host: Host, { name }: KernelWatchdog): boolean | "unknown" {
  const now = amtWatchdog(host);
  return now?.name !== name ? "unknown" : now.nowayout ?? "unknown";
}

function noKernelWatchdog(): AmtError {
  return new AmtError("mei.absent", "the kernel has no watchdog iamt_wdt", {
    hint: "Load its driver (modprobe mei_wdt), or use --via mei; while the firmware wants no heartbeats there is none",
  });
}
