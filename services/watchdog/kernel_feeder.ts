import { abortError, AmtError } from "../../core/errors/mod.ts";
import type { Host } from "../../ffi/host.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { checkWatchdogTimeout } from "../../protocols/watchdog/mod.ts";
import type { WaitOptions } from "../../transport/mei.ts";
import { busClients } from "../../transport/sysfs.ts";
import { amtWatchdog, type KernelWatchdog } from "../../transport/sysfs_watchdog.ts";
import type { WatchdogHandle, WatchdogTransport } from "../../transport/watchdog.ts";
import { type Feeder, inThousandths } from "./feeder.ts";

export interface KernelFeederOptions extends WaitOptions {
  /** Left out, the driver's own stays. */
  readonly timeoutSeconds?: number | undefined;
}

/** From this protocol version on the firmware acknowledges heartbeats, and the driver waits for that. */
const ACKNOWLEDGING = 2;
/** Much longer than any acknowledgement takes; the driver itself waits for ever. */
const ANSWER_MS = 5000;

/**
 * Feeds AMT's watchdog through the kernel's device, which it opens; nothing is sent before the first heartbeat, and
 * that carries the timeout. Rejects as `WatchdogTransport.open` does, with `usage`, and with `mei.absent` where the
 * kernel has no such watchdog.
 */
export async function openKernelFeeder(
  host: Host,
  watchdogs: WatchdogTransport,
  { timeoutSeconds: wanted, signal }: KernelFeederOptions = {},
): Promise<Feeder> {
  if (wanted !== undefined) checkWatchdogTimeout(wanted);
  const watchdog = amtWatchdog(host);
  if (watchdog === undefined) throw noKernelWatchdog();
  const { path } = watchdog;
  const handle = await watchdogs.open(path, { signal });
  const acknowledged = handle.support().firmwareVersion >= ACKNOWLEDGING;
  // The driver looks at the firmware's status for itself, if at all, and tells nobody.
  const status = null;
  const timeoutSeconds = wanted ?? handle.timeout();
  const heartbeat = (options: WaitOptions) =>
    handle.timeout() === timeoutSeconds ? handle.keepAlive(options) : handle.setTimeout(timeoutSeconds, options);
  return {
    via: "kernel",
    path,
    timeoutSeconds,
    get leaves() {
      return nowayout(host, watchdog);
    },
    async beat({ signal } = {}) {
      const sentAt = performance.now();
      const roundTrip = () => ({ roundTripMs: inThousandths(performance.now() - sentAt) });
      try {
        await answered(path, heartbeat, signal);
      } catch (error) {
        if (!isGone(error) || !wantsNone(host)) throw error;
        return { acknowledged: false, status: null, notRequired: true, ...roundTrip() };
      }
      const beat = { acknowledged, status, ...roundTrip() };
      if (await isThere(handle)) return { ...beat, notRequired: false };
      if (!wantsNone(host)) throw lost(path, "a heartbeat");
      return { ...beat, notRequired: true };
    },
    async disarm(options) {
      await handle.disable(options);
      if (!await isThere(handle) && !wantsNone(host)) throw lost(path, "a stop");
    },
    [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose](),
  };
}

/** Closing the node stops the watchdog, unless somebody said that nothing may. */
function nowayout(host: Host, { name }: KernelWatchdog): boolean | "unknown" {
  const now = amtWatchdog(host);
  return now?.name !== name ? "unknown" : now.nowayout ?? "unknown";
}

/** The driver takes its watchdog away, and keeps the client, when the firmware says that it wants no heartbeats. */
function wantsNone(host: Host): boolean {
  const client = busClients(host, { parent: undefined }).find(({ guid }) => guid === WATCHDOG);
  return client?.driver !== undefined && amtWatchdog(host) === undefined;
}

/** A call that the end of the device cuts short succeeds; the next one tells. This one sends nothing. */
async function isThere(handle: WatchdogHandle): Promise<boolean> {
  try {
    await handle.timeLeft();
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof AmtError && error.code === "mei.reset";
}

/** Makes a call; one that is not answered in time goes on in the kernel, and what comes of it is not known. */
async function answered(
  path: string,
  call: (options: WaitOptions) => Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal?.aborted) throw abortError(signal, path);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_MS);
  const waits = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  try {
    await call({ signal: waits });
  } catch (error) {
    if (!waits.aborted && !(error instanceof AmtError && error.code === "timeout")) throw error;
    throw lost(path, "a heartbeat", { cause: error, pending: true });
  } finally {
    clearTimeout(timer);
  }
}

/** With `pending` the call is still in the kernel, and keeps the node until this process ends. */
function lost(path: string, what: string, { cause, pending = false }: { cause?: unknown; pending?: boolean } = {}) {
  const details = { armed: "unknown", pending };
  return new AmtError("indeterminate", `${path}: ${what} was sent and its answer was lost`, { details, cause });
}

function noKernelWatchdog(): AmtError {
  return new AmtError("mei.absent", "the kernel has no watchdog iamt_wdt", {
    hint: "Load its driver (modprobe mei_wdt), or use --via mei; while the firmware wants no heartbeats there is none",
  });
}
