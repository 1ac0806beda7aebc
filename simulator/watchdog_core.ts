import { delay, unlessAborted } from "../core/delay.ts";
import { abortError, AmtError } from "../core/errors/mod.ts";
import type { Errno } from "../ffi/errno.ts";
import { SystemError } from "../ffi/libc.ts";
import type { WaitOptions } from "../transport/mei.ts";
import { type KernelWatchdog, watchdogs } from "../transport/sysfs_watchdog.ts";
import type { WatchdogHandle, WatchdogSupport } from "../transport/watchdog.ts";
import { type WatchdogCall, watchdogError } from "../transport/watchdog_errno.ts";
import type { HostTree } from "./host_tree.ts";

/** What a watchdog's driver does; `false` when its device is gone. */
export interface WatchdogDriver {
  /** Makes ready for heartbeats; `false` when it cannot. */
  open(): boolean;
  ping(timeoutSeconds: number): Promise<boolean>;
  stop(): Promise<boolean>;
}

const KEEPALIVEPING = 0x8000;
const MAGICCLOSE = 0x100;
const CLOSE_MS = 2_000;

/**
 * One registration of a watchdog with the kernel's watchdog core, which shows itself in sysfs. As there, opening makes
 * it active and sends nothing; nowayout keeps what runs from being stopped, and a close sends a last heartbeat then.
 * Source: drivers/watchdog/watchdog_dev.c of Linux 6.12.
 */
export class CoreWatchdog {
  readonly #tree: HostTree;
  readonly #name: string;
  readonly #driver: WatchdogDriver;
  #isOpen = false;
  #pinged = false;
  #gone = false;
  /** Settles when the last call so far has left the driver. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(tree: HostTree, name: string, driver: WatchdogDriver) {
    this.#tree = tree;
    this.#name = name;
    this.#driver = driver;
  }

  /** What sysfs shows of it. */
  get shown(): KernelWatchdog {
    const shown = watchdogs(this.#tree).find(({ name }) => name === this.#name);
    if (shown === undefined) throw this.#error("read", "ENODEV");
    return shown;
  }

  get active(): boolean {
    return this.shown.state === "active";
  }

  /** `path` is that by which it is opened. Throws `mei.busy`, and `mei.absent` when the driver is not there. */
  open(path: string): WatchdogHandle {
    if (this.#isOpen) throw this.#error("open", "EBUSY", path);
    if (!this.#driver.open()) throw this.#error("open", "ENODEV", path);
    this.#isOpen = true;
    this.#show("state", "active");
    return new OpenNode(this, path);
  }

  /** Stops it as its end needs, and lets calls fail from now on. */
  end(): void {
    if (this.active && !this.shown.nowayout) void this.#driver.stop();
    this.#show("state", "inactive");
    this.#gone = true;
  }

  /** Runs `make` when the calls before it have left the driver, unless the device is gone. */
  call<T>(call: WatchdogCall, path: string, make: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      if (this.#gone) throw this.#error(call, "ENODEV", path);
      return make();
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async ping(call: WatchdogCall, path: string): Promise<void> {
    if (!this.active) return;
    this.#pinged = true;
    if (!await this.#driver.ping(this.shown.timeout ?? 0)) throw this.#error(call, "ENODEV", path);
  }

  async stop(path: string): Promise<void> {
    if (!this.active) return;
    if (this.shown.nowayout) throw this.#error("disable", "EBUSY", path);
    if (!await this.#driver.stop()) throw this.#error("disable", "ENODEV", path);
    this.#show("state", "inactive");
  }

  status(): number {
    const pinged = this.#pinged;
    this.#pinged = false;
    return pinged ? KEEPALIVEPING : 0;
  }

  async setTimeout(seconds: number, path: string): Promise<number> {
    const { minTimeout = 1, maxTimeout = 0 } = this.shown;
    if (seconds < minTimeout || (maxTimeout > 0 && seconds > maxTimeout)) {
      throw this.#error("setTimeout", "EINVAL", path);
    }
    this.#show("timeout", String(seconds));
    await this.ping("setTimeout", path);
    return seconds;
  }

  /** The node is closed: by magic alone where the driver has that, which this program never writes. */
  async release(path: string): Promise<void> {
    this.#isOpen = false;
    if (this.#gone || !this.active) return;
    const { nowayout, options = 0 } = this.shown;
    if (nowayout || (options & MAGICCLOSE) !== 0) await this.ping("keepAlive", path);
    else await this.stop(path);
  }

  #show(attribute: string, text: string): void {
    const folder = this.#tree.readLink(`/sys/class/watchdog/${this.#name}`)?.replace(/^(\.\.\/)+/, "/sys/");
    this.#tree.rewrite(`${folder}/${attribute}`, `${text}\n`);
  }

  #error(call: WatchdogCall, errno: Errno, path = `/dev/${this.#name}`): AmtError {
    return watchdogError(call, new SystemError("ioctl", errno), path);
  }
}

/** An open node. Calls queue up in its device, also those whose wait was given up. */
class OpenNode implements WatchdogHandle {
  readonly #device: CoreWatchdog;
  readonly #path: string;
  readonly #support: WatchdogSupport;
  readonly #bootStatus: number;
  readonly #ending = new AbortController();
  #timeout: number;
  #disabled = false;
  #closed: Promise<void> | undefined;

  constructor(device: CoreWatchdog, path: string) {
    const { identity = "", firmwareVersion = 0, options = 0, bootStatus = 0, timeout = 0 } = device.shown;
    this.#device = device;
    this.#path = path;
    this.#support = { identity, firmwareVersion, options };
    this.#bootStatus = bootStatus;
    this.#timeout = timeout;
  }

  support(): WatchdogSupport {
    return this.#support;
  }

  bootStatus(): number {
    return this.#bootStatus;
  }

  timeout(): number {
    return this.#timeout;
  }

  status(options?: WaitOptions): Promise<number> {
    return this.#call("read", options, () => this.#device.status());
  }

  timeLeft(options?: WaitOptions): Promise<number | undefined> {
    return this.#call("read", options, () => this.#device.shown.timeLeft);
  }

  async setTimeout(seconds: number, options?: WaitOptions): Promise<number> {
    return await this.#call("setTimeout", options, async () => {
      return this.#timeout = await this.#device.setTimeout(seconds, this.#path);
    });
  }

  keepAlive(options?: WaitOptions): Promise<void> {
    return this.#call("keepAlive", options, () => {
      if (this.#disabled) throw new AmtError("usage", `${this.#path}: a heartbeat after it was disabled`);
      return this.#device.ping("keepAlive", this.#path);
    });
  }

  disable(options?: WaitOptions): Promise<void> {
    return this.#call("disable", options, async () => {
      await this.#device.stop(this.#path);
      this.#disabled = true;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    const released = this.#device.call("read", this.#path, () => this.#device.release(this.#path)).catch(() => {});
    this.#ending.abort(new AmtError("mei.closed", `${this.#path}: the watchdog is closed`));
    const inTime = new AbortController();
    await Promise.race([released, delay(CLOSE_MS, inTime.signal, this.#path)]).finally(() => inTime.abort());
  }

  async #call<T>(call: WatchdogCall, { signal }: WaitOptions = {}, make: () => T | Promise<T>): Promise<T> {
    const ending = this.#ending.signal;
    const waits = signal === undefined ? ending : AbortSignal.any([ending, signal]);
    const turn = this.#device.call(call, this.#path, () => {
      if (waits.aborted) throw abortError(waits, this.#path);
      return make();
    });
    return await unlessAborted(turn, waits, this.#path, () => {});
  }
}
