import { abortError, AmtError } from "../core/errors/mod.ts";
import { type Fd, type Libc, POLLERR, POLLHUP, POLLIN, POLLNVAL, PollSet, SystemError } from "../ffi/libc.ts";
import { EagerTries, nextTurn } from "./eager_tries.ts";

interface Waiter {
  readonly events: number;
  settle(error?: AmtError): void;
}

/**
 * An `O_NONBLOCK` descriptor that can be waited for. Reads and writes are tried at once; only when the kernel says
 * EAGAIN, and a busy reader's next tries are in vain too, one poll for all waiters runs off the main thread, woken by an
 * eventfd for abort, close and new waiters. Without waiters nothing is pending, so an idle descriptor keeps no process
 * alive.
 */
export class Descriptor {
  readonly fd: Fd;
  readonly #libc: Libc;
  readonly #subject: string;
  readonly #wake: Fd;
  readonly #set = new PollSet(2);
  readonly #waiters = new Set<Waiter>();
  /** Those that wait for a message to leave the driver. */
  readonly #leaving = new Set<(error?: AmtError) => void>();
  readonly #eagerReads = new EagerTries();
  #polling: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Takes over `fd`. `subject` stands in front of messages, such as `/dev/mei0`. */
  constructor(libc: Libc, fd: Fd, subject: string) {
    this.#libc = libc;
    this.fd = fd;
    this.#subject = subject;
    this.#wake = libc.eventfd();
  }

  /**
   * Runs `call` until the kernel has no EAGAIN for it, waiting for `events` in between. Throws {@link SystemError}
   * for other errno, `AmtError` `cancelled` or `timeout` for the signal, `mei.closed` after {@link close}.
   */
  async retry(call: () => number, events: number, signal?: AbortSignal): Promise<number> {
    let tries = 0;
    for (let isFirst = true;; isFirst = false) {
      if (this.#closing !== undefined) throw this.#closed();
      if (signal?.aborted) throw abortError(signal, this.#subject);
      try {
        const result = call();
        if (tries > 0) this.#eagerReads.paid();
        return result;
      } catch (error) {
        if (!(error instanceof SystemError) || error.errno !== "EAGAIN") throw error;
      }
      if (isFirst && events === POLLIN) tries = this.#eagerReads.next();
      else tries--;
      if (tries > 0) await nextTurn();
      else await this.#ready(events, signal);
    }
  }

  /** Begins to wait until what was written has left the driver; resolves then, or when it never will. Never rejects. */
  leaving(): Promise<void> {
    return this.#libc.slowSync(this.fd).then(() => {}, () => {});
  }

  /** Waits for `leaving`. Throws as {@link retry} does for the signal and after {@link close}. */
  async left(leaving: Promise<void>, signal?: AbortSignal): Promise<void> {
    if (this.#closing !== undefined) throw this.#closed();
    if (signal?.aborted) throw abortError(signal, this.#subject);
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: AmtError) => {
        signal?.removeEventListener("abort", onAbort);
        this.#leaving.delete(settle);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onAbort = () => settle(abortError(signal!, this.#subject));
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#leaving.add(settle);
      void leaving.then(() => settle());
    });
  }

  /** Ends all waits with `mei.closed`, then closes; the order keeps a reused descriptor number from being polled. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    for (const settle of [...this.#leaving]) settle(this.#closed());
    for (const waiter of [...this.#waiters]) waiter.settle(this.#closed());
    this.#kick();
    await this.#polling;
    try {
      await this.#libc.slowClose(this.fd);
    } finally {
      this.#libc.close(this.#wake);
    }
  }

  #ready(events: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiter.settle(abortError(signal!, this.#subject));
        this.#kick();
      };
      const waiter: Waiter = {
        events,
        settle: (error) => {
          signal?.removeEventListener("abort", onAbort);
          this.#waiters.delete(waiter);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
      if (this.#polling === undefined) this.#polling = this.#poll().finally(() => this.#polling = undefined);
      else this.#kick();
    });
  }

  async #poll(): Promise<void> {
    while (this.#waiters.size > 0) {
      let events = 0;
      for (const waiter of this.#waiters) events |= waiter.events;
      this.#set.set(0, this.fd, events);
      this.#set.set(1, this.#wake, POLLIN);
      await this.#libc.poll(this.#set);
      if (this.#set.revents(1) !== 0) this.#libc.read(this.#wake, new Uint8Array(8));
      const got = this.#set.revents(0);
      const broken = POLLERR | POLLHUP | POLLNVAL;
      for (const waiter of [...this.#waiters]) if ((got & (waiter.events | broken)) !== 0) waiter.settle();
    }
  }

  #kick(): void {
    if (this.#polling !== undefined) this.#libc.write(this.#wake, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
  }

  #closed(): AmtError {
    return new AmtError("mei.closed", `${this.#subject}: the connection is closed`);
  }
}
