import type { WaitOptions } from "./mei.ts";

/** What a watchdog's driver says of itself: WDIOC_GETSUPPORT. */
export interface WatchdogSupport {
  /** `iamt_wdt` for AMT's. */
  readonly identity: string;
  readonly firmwareVersion: number;
  /** `WDIOF_` bits. */
  readonly options: number;
}

/** The kernel's watchdogs, by their nodes. */
export interface WatchdogTransport {
  /**
   * Opens a node such as `/dev/watchdog0`, which arms it with its first heartbeat at the latest. Rejects with
   * `AmtError`: `mei.absent` without such a node, `mei.permission`, `mei.busy`.
   */
  open(path: string, options?: WaitOptions): Promise<WatchdogHandle>;
}

/**
 * An open watchdog. Times are in seconds. The driver works on one call at a time, so a call waits until the one before
 * it has ended in the kernel, also one whose wait was given up. Every method that waits rejects with `mei.reset` when
 * the device went away, and with `mei.closed` after disposal.
 */
export interface WatchdogHandle extends AsyncDisposable {
  support(): WatchdogSupport;
  /** `WDIOF_` bits of why the machine was started. */
  bootStatus(): number;
  /** The timeout that holds; 0 where the driver does not tell. */
  timeout(): number;
  /** `WDIOF_` bits. Reading takes back the one that tells of a heartbeat since the last reading. */
  status(options?: WaitOptions): Promise<number>;
  /**
   * Answers the timeout that holds then. It is a heartbeat too, which carries the new timeout. Out of range, or where
   * the driver's is fixed: `usage`.
   */
  setTimeout(seconds: number, options?: WaitOptions): Promise<number>;
  /** `undefined` where the driver does not tell: `iamt_wdt` does not. */
  timeLeft(options?: WaitOptions): Promise<number | undefined>;
  /**
   * One heartbeat; resolves when the driver has taken it, for `iamt_wdt` when the firmware has acknowledged it. One
   * that the end of the device cuts short resolves too: the next call tells. After {@link disable}: `usage`.
   */
  keepAlive(options?: WaitOptions): Promise<void>;
  /** Stops the watchdog while the node stays open: WDIOS_DISABLECARD. With nowayout: `amt.state`. */
  disable(options?: WaitOptions): Promise<void>;
  /**
   * Closes the node, which stops the watchdog unless nowayout is set; pending calls reject with `mei.closed`. Where the
   * kernel is not done after 2 s, as with firmware that does not answer, it goes on by itself, and this resolves.
   */
  [Symbol.asyncDispose](): Promise<void>;
}
