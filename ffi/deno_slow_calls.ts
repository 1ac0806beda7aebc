import type { CallThreads } from "./call_threads.ts";
import { errnoName, errnoNumbers } from "./errno.ts";
import { type Fd, POLLNVAL, PollSet, type SlowIoctlOptions, SystemError } from "./libc.ts";
import type { SlowCalls } from "./posix.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What {@link DenoSlowCalls} needs of libc; the asynchronous ones run on Deno's pool of 32 blocking threads. */
export interface DenoSlowSymbols {
  /** Does not wait; answers errno as a negative number. */
  pollNow(set: Bytes, count: bigint): number;
  pollAsync(set: Bytes, count: bigint, timeoutMs: number): Promise<number>;
  ioctlAsync(fd: number, request: bigint, argument: Bytes | null): Promise<number>;
  closeAsync(fd: number): Promise<number>;
  fsyncAsync(fd: number): Promise<number>;
}

type Threads = Pick<CallThreads, "call" | "dispose">;

/** A call that failed sooner than this is made again to learn why; one that took longer would take as long again. */
const quickMs = 1_000;

/**
 * Blocking calls as asynchronous FFI. Deno makes such a call on a thread whose errno nobody can read, so each call has
 * another way to learn why it failed; none of them blocks the main thread.
 */
export class DenoSlowCalls implements SlowCalls {
  readonly #symbols: DenoSlowSymbols;
  readonly #threads: Threads;

  constructor(symbols: DenoSlowSymbols, threads: Threads) {
    this.#symbols = symbols;
    this.#threads = threads;
  }

  async poll(set: PollSet): Promise<void> {
    const count = BigInt(set.length);
    for (;;) {
      if (await this.#symbols.pollAsync(set.bytes, count, -1) >= 0) return;
      // Interrupted by a signal, most likely; the same set without waiting tells, and may find something ready.
      const ready = this.#symbols.pollNow(set.bytes, count);
      if (ready > 0) return;
      if (ready < 0 && ready !== -errnoNumbers.EINTR) throw new SystemError("poll", errnoName(-ready));
    }
  }

  /**
   * A call that fails at once is repeated on a thread with an errno of its own, from the same input; should that one
   * succeed, it has succeeded. A call that fails late rejects with `ETIMEDOUT` whatever its errno was: that number is
   * lost, and asking again would hold the kernel as long again. With `once` the thread makes the only call.
   */
  async ioctl(fd: Fd, request: number, argument: Uint8Array, { once = false }: SlowIoctlOptions = {}): Promise<number> {
    if (once) return await this.#threads.call({ call: "ioctl", fd, request, bytes: argument });
    // Over a buffer of its own: the collector may move the content of a small array that has none yet.
    const copy = new Uint8Array(new ArrayBuffer(argument.length));
    copy.set(argument);
    const started = performance.now();
    const result = await this.#symbols.ioctlAsync(fd, BigInt(request), copy.length === 0 ? null : copy);
    if (result >= 0) {
      argument.set(copy);
      return result;
    }
    if (performance.now() - started >= quickMs) throw new SystemError("ioctl", "ETIMEDOUT");
    return await this.#threads.call({ call: "ioctl", fd, request, bytes: argument });
  }

  /**
   * Rejects with `EBADF` for a number that is no descriptor. Any other failure of close(2) leaves it closed all the
   * same, cannot be named here, and does not reject: a repeat could close what has been opened since.
   */
  async close(fd: Fd): Promise<void> {
    const set = new PollSet(1);
    set.set(0, fd, 0);
    this.#symbols.pollNow(set.bytes, 1n);
    if ((set.revents(0) & POLLNVAL) !== 0 || fd < 0) throw new SystemError("close", "EBADF");
    await this.#symbols.closeAsync(fd);
  }

  async sync(fd: Fd): Promise<boolean> {
    return await this.#symbols.fsyncAsync(fd) >= 0;
  }

  dispose(): void {
    this.#threads.dispose();
  }
}
