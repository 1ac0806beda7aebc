import { endSync } from "./end_sync.ts";
import { errnoName, errnoNumbers } from "./errno.ts";
import { type Fd, type Libc, O_CLOEXEC, O_NONBLOCK, type PollSet, type SlowIoctlOptions, SystemError } from "./libc.ts";
import { AF_UNIX, MSG_NOSIGNAL, SOCK_DGRAM, unixAddress } from "./unix_address.ts";

/** The file name of the C library; musl answers to it too. */
export const libcName = "libc.so.6";

/**
 * The quick calls. Each answers what C answers, or, where that is -1, errno as a negative number; the adapter of the
 * runtime reads errno in the statement after the call, with no function between them. A function's entry is where V8
 * may collect garbage, and its locks leave `EAGAIN` in errno: seen once in some million failing calls.
 */
export interface QuickCalls {
  /** `path` ends with a zero byte. */
  open(path: Uint8Array, flags: number): number;
  /** An empty `argument` is a null pointer. */
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  read(fd: number, into: Uint8Array): number;
  write(fd: number, from: Uint8Array): number;
  close(fd: number): number;
  eventfd(initial: number, flags: number): number;
  socket(domain: number, type: number, protocol: number): number;
  /** Of a datagram socket that is not connected; `address` is a `struct sockaddr`. */
  sendto(fd: number, message: Uint8Array, flags: number, address: Uint8Array): number;
  /** The system call of this number. */
  syscall(number: number, first: number, second: number, third: number): number;
}

/** The calls that can hold the kernel, made where they leave the main thread free; as {@link Libc} promises them. */
export interface SlowCalls {
  poll(set: PollSet): Promise<void>;
  ioctl(fd: Fd, request: number, argument: Uint8Array, options?: SlowIoctlOptions): Promise<number>;
  close(fd: Fd): Promise<void>;
  /** Answers whether fsync(2) succeeded; is not repeated when a signal interrupts it. */
  sync(fd: Fd): Promise<boolean>;
  dispose(): void;
}

/** {@link Libc} over the raw calls of one runtime: errno by name, `EINTR` retried, paths as C strings. */
export class PosixLibc implements Libc {
  readonly #quick: QuickCalls;
  readonly #slow: SlowCalls;
  readonly #syncs = new Map<Fd, Promise<boolean>>();

  constructor(quick: QuickCalls, slow: SlowCalls) {
    this.#quick = quick;
    this.#slow = slow;
  }

  open(path: string, flags: number): Fd {
    const bytes = cString(path);
    return this.#retried("open", () => this.#quick.open(bytes, flags)) as Fd;
  }

  ioctl(fd: Fd, request: number, argument: Uint8Array): number {
    return this.#retried("ioctl", () => this.#quick.ioctl(fd, request, argument));
  }

  read(fd: Fd, into: Uint8Array): number {
    return this.#retried("read", () => this.#quick.read(fd, into));
  }

  write(fd: Fd, from: Uint8Array): number {
    return this.#retried("write", () => this.#quick.write(fd, from));
  }

  close(fd: Fd): void {
    const result = this.#quick.close(fd);
    // Linux has given the descriptor up by then, so that is no failure, and never a reason to repeat.
    if (result < 0 && result !== interrupted) throw new SystemError("close", errnoName(-result));
  }

  eventfd(): Fd {
    return this.#retried("eventfd", () => this.#quick.eventfd(0, O_NONBLOCK | O_CLOEXEC)) as Fd;
  }

  poll(set: PollSet): Promise<void> {
    return this.#slow.poll(set);
  }

  slowIoctl(fd: Fd, request: number, argument: Uint8Array, options?: SlowIoctlOptions): Promise<number> {
    return this.#slow.ioctl(fd, request, argument, options);
  }

  async slowClose(fd: Fd): Promise<void> {
    const sync = this.#syncs.get(fd);
    if (sync !== undefined) await endSync(fd, sync, (...call) => this.#quick.syscall(...call));
    await this.#slow.close(fd);
  }

  slowSync(fd: Fd): Promise<boolean> {
    const sync = this.#sync(fd).finally(() => {
      // One that nothing could end may outlive its descriptor, and another has the number then.
      if (this.#syncs.get(fd) === sync) this.#syncs.delete(fd);
    });
    this.#syncs.set(fd, sync);
    return sync;
  }

  sendDatagram(address: string, message: Uint8Array): void {
    const target = unixAddress(address);
    const type = SOCK_DGRAM | O_NONBLOCK | O_CLOEXEC;
    const fd = this.#retried("socket", () => this.#quick.socket(AF_UNIX, type, 0)) as Fd;
    try {
      this.#retried("sendto", () => this.#quick.sendto(fd, message, MSG_NOSIGNAL, target));
    } finally {
      this.close(fd);
    }
  }

  dispose(): void {
    this.#slow.dispose();
  }

  /** A call that a signal interrupted looks like any other that failed, so what failed is tried once more. */
  async #sync(fd: Fd): Promise<boolean> {
    return await this.#slow.sync(fd) || await this.#slow.sync(fd);
  }

  #retried(call: string, make: () => number): number {
    for (;;) {
      const result = make();
      if (result >= 0) return result;
      if (result !== interrupted) throw new SystemError(call, errnoName(-result));
    }
  }
}

const interrupted = -errnoNumbers.EINTR;

/** C would take the path only up to a zero inside: another file than the one that was named. */
function cString(path: string): Uint8Array {
  if (path.includes("\0")) throw new SystemError("open", "EINVAL");
  return new TextEncoder().encode(`${path}\0`);
}
