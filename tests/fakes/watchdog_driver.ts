import { fromHex } from "../../core/binary/mod.ts";
import type { Errno } from "../../ffi/errno.ts";
import { type Fd, type Libc, type SlowIoctlOptions, SystemError } from "../../ffi/libc.ts";

/** Requests of linux/watchdog.h, as gcc has them from the header. */
export const requests = {
  support: 0x80285700,
  status: 0x80045701,
  bootStatus: 0x80045702,
  setOptions: 0x80045704,
  keepAlive: 0x80045705,
  setTimeout: 0xc0045706,
  timeout: 0x80045707,
  timeLeft: 0x8004570a,
} as const;

/** What GETSUPPORT of mei_wdt answered under Linux 6.1 for a client of version 2: `struct watchdog_info`. */
const IAMT_WDT = fromHex("8084000002000000" + "69616d745f776474".padEnd(64, "0"));

export interface FakeWatchdogOptions {
  readonly nowayout?: boolean;
  readonly timeLeft?: number;
  /** Calls that fail from the start, by request; `open` for the opening. */
  readonly fail?: { readonly open?: Errno; readonly [request: number]: Errno };
}

/**
 * The watchdog core of Linux over mei_wdt, as far as libc sees it (drivers/watchdog/{watchdog_dev,mei_wdt}.c of 6.1):
 * one opening at a time, and one call at a time, which a slow one holds up. Knows one node, `/dev/watchdog1`.
 */
export class FakeWatchdogDriver implements Libc {
  /** Each ioctl: its request, the first word of its argument, and `once` where it was asked for. */
  readonly calls: (readonly [request: number, argument: number, once?: true])[] = [];
  readonly #options: FakeWatchdogOptions;
  readonly #failing = new Map<number | "open", Errno>();
  #open: Fd | undefined;
  #next = 10;
  #active = false;
  #timeout = 120;
  /** Heartbeats that the firmware was sent, by the timeout they carried. */
  readonly heartbeats: number[] = [];
  #gone = false;
  #held: Promise<void> | undefined;
  #inKernel = false;

  constructor(options: FakeWatchdogOptions = {}) {
    this.#options = options;
    for (const [call, errno] of Object.entries(options.fail ?? {})) {
      this.#failing.set(call === "open" ? call : Number(call), errno);
    }
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  get isActive(): boolean {
    return this.#active;
  }

  /** A slow call is in the kernel. */
  get isBusy(): boolean {
    return this.#inKernel;
  }

  /** From now on a request fails with this errno. */
  fail(request: number, errno: Errno): void {
    this.#failing.set(request, errno);
  }

  /** The driver takes its watchdog away. */
  vanish(): void {
    this.#gone = true;
  }

  /** Slow calls stay in the kernel until the answer is called. */
  hold(): () => void {
    let release = () => {};
    this.#held = new Promise((resolve) => release = resolve);
    return release;
  }

  open(path: string): Fd {
    const errno = this.#failing.get("open");
    if (errno !== undefined) throw new SystemError("open", errno);
    if (path !== "/dev/watchdog1") throw new SystemError("open", "ENOENT");
    if (this.#open !== undefined) throw new SystemError("open", "EBUSY");
    this.#active = true;
    return this.#open = this.#next++ as Fd;
  }

  ioctl(fd: Fd, request: number, argument: Uint8Array): number {
    if (this.#inKernel) throw new Error("the main thread would wait for the firmware");
    return this.#ioctl(fd, request, argument);
  }

  async slowIoctl(fd: Fd, request: number, argument: Uint8Array, { once }: SlowIoctlOptions = {}): Promise<number> {
    if (this.#inKernel) throw new Error("two calls at a time");
    this.#inKernel = true;
    try {
      await this.#held;
      return this.#ioctl(fd, request, argument, once);
    } finally {
      this.#inKernel = false;
    }
  }

  async slowClose(fd: Fd): Promise<void> {
    if (this.#inKernel) throw new Error("closed while a call is in the kernel");
    await this.#held;
    if (fd !== this.#open) throw new SystemError("close", "EBADF");
    this.#open = undefined;
    if (this.#options.nowayout) this.heartbeats.push(this.#timeout);
    else this.#active = false;
  }

  close(): never {
    throw new Error("a watchdog is closed off the main thread");
  }

  dispose(): void {}

  read = unused;
  write = unused;
  eventfd = unused;
  slowSync = unused;
  poll = unused;
  sendDatagram = unused;

  #ioctl(fd: Fd, request: number, argument: Uint8Array, once?: boolean): number {
    const view = new DataView(argument.buffer, argument.byteOffset, argument.byteLength);
    const value = view.getUint32(0, true);
    this.calls.push(once ? [request, value, true] : [request, value]);
    if (fd !== this.#open) throw new SystemError("ioctl", "EBADF");
    if (this.#gone) throw new SystemError("ioctl", "ENODEV");
    const errno = this.#failing.get(request);
    if (errno !== undefined) throw new SystemError("ioctl", errno);
    const answers: Record<number, () => number | void> = {
      [requests.support]: () => argument.set(IAMT_WDT),
      [requests.status]: () => 0x8200,
      [requests.bootStatus]: () => 0x20,
      [requests.timeout]: () => this.#timeout,
      [requests.timeLeft]: () => this.#options.timeLeft ?? refuse("EOPNOTSUPP"),
      [requests.setTimeout]: () => this.#setTimeout(value),
      [requests.keepAlive]: () => this.#beat(),
      [requests.setOptions]: () => this.#setOptions(value),
    };
    const answer = (answers[request] ?? (() => refuse("ENOTTY")))();
    if (answer !== undefined) view.setUint32(0, answer, true);
    return 0;
  }

  #setTimeout(seconds: number): number {
    if (seconds < 120 || seconds > 65_535) refuse("EINVAL");
    this.#timeout = seconds;
    this.#beat();
    return seconds;
  }

  #beat(): void {
    if (this.#active) this.heartbeats.push(this.#timeout);
  }

  #setOptions(options: number): void {
    if (options !== 1) refuse("EINVAL");
    if (this.#options.nowayout) refuse("EBUSY");
    this.#active = false;
  }
}

function refuse(errno: Errno): never {
  throw new SystemError("ioctl", errno);
}

function unused(): never {
  throw new Error("not a call on a watchdog");
}
