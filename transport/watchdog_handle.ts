import { decode, encode, struct, text, u32le } from "../core/binary/mod.ts";
import { delay, unlessAborted } from "../core/delay.ts";
import { abortError, AmtError } from "../core/errors/mod.ts";
import type { Host } from "../ffi/host.ts";
import { type Fd, type Libc, SystemError } from "../ffi/libc.ts";
import type { WaitOptions } from "./mei.ts";
import { nodeName, watchdogs } from "./sysfs_watchdog.ts";
import type { WatchdogHandle, WatchdogSupport } from "./watchdog.ts";
import { type WatchdogCall, watchdogError } from "./watchdog_errno.ts";

/** ioctl request numbers and flags of linux/watchdog.h. */
const WDIOC_GETSUPPORT = 0x8028_5700;
const WDIOC_GETSTATUS = 0x8004_5701;
const WDIOC_GETBOOTSTATUS = 0x8004_5702;
const WDIOC_SETOPTIONS = 0x8004_5704;
const WDIOC_KEEPALIVE = 0x8004_5705;
const WDIOC_SETTIMEOUT = 0xc004_5706;
const WDIOC_GETTIMEOUT = 0x8004_5707;
const WDIOC_GETTIMELEFT = 0x8004_570a;
const WDIOS_DISABLECARD = 1;

/** `struct watchdog_info`, 40 bytes, in the byte order of x86-64 and arm64. */
const WatchdogInfo = struct({ options: u32le, firmwareVersion: u32le, identity: text(32) });

/** How long disposal waits for the kernel to be done with the node. */
const CLOSE_MS = 2_000;

/** A descriptor of a watchdog, which the handle takes over. */
export interface WatchdogNode {
  readonly libc: Libc;
  readonly host: Host;
  readonly path: string;
  readonly fd: Fd;
}

/**
 * Asks the watchdog what it is; nobody else has it open, so no call of another one holds that up. Throws `mei.absent`
 * when the node is no watchdog, `mei.reset` when it is going away; the descriptor is then as it was.
 */
export function openWatchdog(node: WatchdogNode): WatchdogHandle {
  return new OpenWatchdog(node, identify(node));
}

/** What an open watchdog is asked once. */
interface Identity {
  readonly support: WatchdogSupport;
  readonly bootStatus: number;
  readonly timeout: number;
}

/**
 * The kernel makes every call on a watchdog wait for the one before it, for `mei_wdt` as long as the firmware takes to
 * answer a heartbeat. So calls queue up here, where they leave the main thread free.
 */
class OpenWatchdog implements WatchdogHandle {
  readonly #node: WatchdogNode;
  readonly #identity: Identity;
  readonly #ending = new AbortController();
  #timeout: number;
  #disabled = false;
  /** Settles when the last call so far has left the kernel. */
  #last: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(node: WatchdogNode, identity: Identity) {
    this.#node = node;
    this.#identity = identity;
    this.#timeout = identity.timeout;
  }

  support(): WatchdogSupport {
    return this.#identity.support;
  }

  bootStatus(): number {
    return this.#identity.bootStatus;
  }

  timeout(): number {
    return this.#timeout;
  }

  status(options?: WaitOptions): Promise<number> {
    return this.#call("read", options, () => question(this.#node, WDIOC_GETSTATUS) ?? 0);
  }

  timeLeft(options?: WaitOptions): Promise<number | undefined> {
    return this.#call("read", options, () => question(this.#node, WDIOC_GETTIMELEFT));
  }

  async setTimeout(seconds: number, options?: WaitOptions): Promise<number> {
    if (seconds >>> 0 !== seconds) throw this.#outOfRange(seconds);
    const argument = encode(u32le, seconds);
    try {
      return await this.#call("setTimeout", options, async () => {
        await this.#slowIoctl(WDIOC_SETTIMEOUT, argument);
        return this.#timeout = decode(u32le, argument);
      });
    } catch (error) {
      if (error instanceof AmtError && error.details.errno === "EINVAL") throw this.#outOfRange(seconds, error);
      throw error;
    }
  }

  async keepAlive(options?: WaitOptions): Promise<void> {
    await this.#call("keepAlive", options, () => {
      // The kernel would answer that all is well, and send nothing.
      if (this.#disabled) {
        const message = `${this.#node.path}: a heartbeat for a watchdog that was stopped`;
        throw new AmtError("usage", message, { hint: "Open it again" });
      }
      return this.#slowIoctl(WDIOC_KEEPALIVE, new Uint8Array(4));
    });
  }

  async disable(options?: WaitOptions): Promise<void> {
    await this.#call("disable", options, async () => {
      // Made again, a stop that failed would succeed in mei_wdt without a message to the firmware.
      await this.#slowIoctl(WDIOC_SETOPTIONS, encode(u32le, WDIOS_DISABLECARD), true);
      this.#disabled = true;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    const { libc, fd, path } = this.#node;
    const closed = this.#last.then(() => libc.slowClose(fd));
    this.#ending.abort(new AmtError("mei.closed", `${path}: the watchdog is closed`));
    const inTime = new AbortController();
    await Promise.race([closed, delay(CLOSE_MS, inTime.signal, path)]).finally(() => inTime.abort());
  }

  /** Runs `make` when the calls before it have left the kernel; errors of the kernel become the catalog's. */
  async #call<T>(call: WatchdogCall, { signal }: WaitOptions = {}, make: () => T | Promise<T>): Promise<T> {
    const { path } = this.#node;
    const ending = this.#ending.signal;
    const waits = signal === undefined ? ending : AbortSignal.any([ending, signal]);
    const turn = this.#last.then(() => {
      if (waits.aborted) throw abortError(waits, path);
      return make();
    });
    this.#last = turn.then(() => {}, () => {});
    try {
      return await unlessAborted(turn, waits, path, () => {});
    } catch (error) {
      throw error instanceof SystemError ? watchdogError(call, error, path) : error;
    }
  }

  #slowIoctl(request: number, argument: Uint8Array, once = false): Promise<number> {
    return this.#node.libc.slowIoctl(this.#node.fd, request, argument, { once });
  }

  #outOfRange(seconds: number, cause?: AmtError): AmtError {
    const { host, path } = this.#node;
    const { minTimeout = 1, maxTimeout = 0 } = watchdogs(host).find(({ name }) => name === nodeName(host, path)) ?? {};
    const range = maxTimeout === 0 ? `at least ${minTimeout}` : `${minTimeout} to ${maxTimeout}`;
    return new AmtError("usage", `${path}: a timeout of ${seconds} s, where its driver takes ${range}`, {
      details: { ...cause?.details, minTimeout, maxTimeout: maxTimeout === 0 ? null : maxTimeout },
      hint: "Choose a timeout in that range",
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

function identify(node: WatchdogNode): Identity {
  try {
    const info = new Uint8Array(WatchdogInfo.size!);
    node.libc.ioctl(node.fd, WDIOC_GETSUPPORT, info);
    const { identity, firmwareVersion, options } = decode(WatchdogInfo, info);
    const bootStatus = question(node, WDIOC_GETBOOTSTATUS) ?? 0;
    const timeout = question(node, WDIOC_GETTIMEOUT) ?? 0;
    return { support: { identity, firmwareVersion, options }, bootStatus, timeout };
  } catch (error) {
    throw error instanceof SystemError ? watchdogError("identify", error, node.path) : error;
  }
}

/** A number that the driver tells; `undefined` where it has none. */
function question({ libc, fd }: WatchdogNode, request: number): number | undefined {
  const answer = new Uint8Array(4);
  try {
    libc.ioctl(fd, request, answer);
  } catch (error) {
    if (error instanceof SystemError && (error.errno === "EOPNOTSUPP" || error.errno === "ENOTTY")) return undefined;
    throw error;
  }
  return decode(u32le, answer);
}
