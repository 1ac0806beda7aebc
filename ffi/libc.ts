import type { Errno } from "./errno.ts";

/** A file descriptor of this process. */
export type Fd = number & { readonly __fd: true };

/** `open` flags and poll events of Linux on x86-64 and arm64. */
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
export const POLLIN = 0x001;
export const POLLPRI = 0x002;
export const POLLOUT = 0x004;
export const POLLERR = 0x008;
export const POLLHUP = 0x010;
export const POLLNVAL = 0x020;

/** Thrown when libc answers -1. Internal: a transport turns it into an `AmtError` at its edge. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  readonly errno: Errno;
  /** The call that failed, such as `ioctl`. */
  readonly call: string;

  constructor(call: string, errno: Errno) {
    super(`${call}: ${errno}`);
    this.errno = errno;
    this.call = call;
  }
}

/**
 * The system calls that this program makes. Quick calls are synchronous, for descriptors opened with `O_NONBLOCK`;
 * what can hold the kernel is asynchronous and leaves the main thread free. `EINTR` is retried inside.
 */
export interface Libc {
  open(path: string, flags: number): Fd;
  /** `argument` is read and written in place; an empty one is a null pointer. */
  ioctl(fd: Fd, request: number, argument: Uint8Array): number;
  read(fd: Fd, into: Uint8Array): number;
  write(fd: Fd, from: Uint8Array): number;
  close(fd: Fd): void;
  /** A counter that `poll` can wait for; `write` of 8 bytes raises it, `read` of 8 bytes clears it. Nonblocking. */
  eventfd(): Fd;
  /**
   * Resolves when one descriptor of the set is ready, with its `revents` filled in; what is no descriptor is ready with
   * `POLLNVAL`. The set has at most 2048 entries and must not be touched until then. Rejects only with
   * {@link SystemError} `ENOMEM`, or `EINVAL` when the set has more entries than this process may have descriptors.
   * To end it early, have an {@link eventfd} in the set; closing a descriptor wakes nobody.
   */
  poll(set: PollSet): Promise<void>;
  /**
   * An ioctl that waits for the firmware, even with O_NONBLOCK: CONNECT and NOTIFY_SET of the mei driver, up to 30 s and
   * uninterruptibly; what makes a watchdog speak, for ever. Rejects with {@link SystemError}; `argument`, at most
   * 16 KiB, must not be touched until then. A quick failure names its errno. One that took longer than a second does so
   * on Bun and with `once`; on Deno it is `ETIMEDOUT`, whatever it was.
   */
  slowIoctl(fd: Fd, request: number, argument: Uint8Array, options?: SlowIoctlOptions): Promise<number>;
  /**
   * The close of a descriptor of a mei device or a watchdog, which waits for the firmware. The number is free when it
   * settles. Ends a {@link slowSync} that is under way, since that would keep the connection. Rejects with
   * {@link SystemError} `EBADF`; on Bun also with what a device reports at its last close.
   */
  slowClose(fd: Fd): Promise<void>;
  /**
   * fsync(2), one at a time for a descriptor. On a node of the mei driver it waits until no message waits to leave: for
   * ever if the firmware takes none. Answers whether it succeeded, which it does not once the connection is gone. Why
   * not is not told: to learn that would cost Deno a thread.
   */
  slowSync(fd: Fd): Promise<boolean>;
  /**
   * Sends one datagram to the AF_UNIX socket at `address`: an absolute path of at most 107 bytes, or `@` and an abstract
   * name of as many. Never waits. Throws {@link SystemError}: `EINVAL` for another address, `ENAMETOOLONG`, `EAGAIN`
   * when the receiver's queue is full, `ECONNREFUSED` and `ENOENT` when nobody listens, `EMSGSIZE`.
   */
  sendDatagram(address: string, message: Uint8Array): void;
  /**
   * Ends helper threads; the object is of no use afterwards. Wake and await polls first: a call that is still under way
   * keeps its memory and its thread until the kernel returns, and rejects with `ECANCELED` if a helper thread makes it.
   */
  dispose(): void;
}

export interface SlowIoctlOptions {
  /** The call is never made twice, which Deno otherwise does to learn why it failed; it then costs a thread's start. */
  readonly once?: boolean;
}

/** An array of `struct pollfd` (8 bytes each). */
export class PollSet {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;

  constructor(count: number) {
    this.bytes = new Uint8Array(8 * count);
    this.#view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.bytes.length / 8;
  }

  set(index: number, fd: Fd, events: number): void {
    this.#view.setInt32(8 * index, fd, true);
    this.#view.setInt16(8 * index + 4, events, true);
    this.#view.setInt16(8 * index + 6, 0, true);
  }

  revents(index: number): number {
    return this.#view.getInt16(8 * index + 6, true);
  }
}
