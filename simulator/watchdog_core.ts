import type { AmtError } from "../core/errors/mod.ts";
import type { Errno } from "../ffi/errno.ts";
import { SystemError } from "../ffi/libc.ts";
import { type KernelWatchdog, watchdogs } from "../transport/sysfs_watchdog.ts";
import type { WatchdogHandle } from "../transport/watchdog.ts";
import { type WatchdogCall, watchdogError } from "../transport/watchdog_errno.ts";
import type { HostTree } from "./host_tree.ts";
import { WatchdogNode } from "./watchdog_node.ts";

/** What a watchdog's driver does; `false` when its device is gone. */
export interface WatchdogDriver {
  /** Makes ready for heartbeats; `false` when it cannot. */
  open(): boolean;
  ping(timeoutSeconds: number): Promise<boolean>;
  stop(): Promise<boolean>;
}

const KEEPALIVEPING = 0x8000;
const MAGICCLOSE = 0x100;

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

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** `path` is that by which it is opened. Throws `mei.absent` when the driver is not there. */
  open(path: string): WatchdogHandle {
    if (!this.#driver.open()) throw this.#error("open", "ENODEV", path);
    this.#isOpen = true;
    this.#show("state", "active");
    return new WatchdogNode(this, path);
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

  /** What sysfs shows, and once whether there was a heartbeat. */
  status(): number {
    const pinged = this.#pinged;
    this.#pinged = false;
    const shown = Number(this.#tree.readText(`/sys/class/watchdog/${this.#name}/status`) ?? 0);
    return pinged ? shown | KEEPALIVEPING : shown;
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
