import { AmtError } from "../core/errors/mod.ts";
import { dataCapacity, dataOffset, slowCalls, state, word } from "./call_thread_source.ts";
import { errnoName } from "./errno.ts";
import { SystemError } from "./libc.ts";

/** One call for a {@link CallThread} to make. */
export interface SlowCall {
  readonly call: keyof typeof slowCalls;
  /** Not used by `poll`. */
  readonly fd: number;
  /** Of an ioctl. */
  readonly request: number;
  /** The argument of an ioctl, or the array of `struct pollfd`; a call that succeeds writes its result back. */
  readonly bytes: Uint8Array;
}

type RuntimeWorker = Worker & { ref?(): void; unref?(): void };

const startMs = 10_000;

/**
 * A thread that makes one blocking call at a time, with an errno of its own. On Bun an idle one lets the process end;
 * on Deno, whose Worker has no `unref`, it does not.
 */
export class CallThread {
  readonly #worker: RuntimeWorker;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #data: Uint8Array<SharedArrayBuffer>;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;
  #running: SlowCall["call"] | undefined;
  #usable = true;

  private constructor(url: string) {
    const shared = new SharedArrayBuffer(dataOffset + dataCapacity);
    this.#words = new Int32Array(shared, 0, dataOffset / 4);
    this.#data = new Uint8Array(shared, dataOffset);
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = () => this.#settle?.resolve();
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failed(event.message);
    };
    this.#worker.addEventListener("close", () => this.#failed("ended"));
    this.#worker.postMessage(shared);
  }

  /** Starts a thread from the text of its module. Rejects with `unexpected` when that does not work within 10 s. */
  static async start(source: string): Promise<CallThread> {
    const url = URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const thread = new CallThread(url);
      timer = setTimeout(() => thread.#failed("does not start"), startMs);
      await thread.#answer().catch((error) => {
        thread.stop();
        throw error;
      });
      thread.#worker.unref?.();
      return thread;
    } finally {
      clearTimeout(timer);
      URL.revokeObjectURL(url);
    }
  }

  /** Whether it can take another call; a thread that died cannot. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Answers what the call returned. Rejects with {@link SystemError}, `ECANCELED` if {@link stop} came first. */
  async call({ call, fd, request, bytes }: SlowCall): Promise<number> {
    if (bytes.length > dataCapacity) throw new RangeError(`${call}: ${bytes.length} bytes, at most ${dataCapacity}`);
    this.#data.set(bytes);
    this.#words[word.call] = slowCalls[call];
    this.#words[word.fd] = fd;
    this.#words[word.request] = request;
    this.#words[word.length] = bytes.length;
    this.#worker.ref?.();
    this.#running = call;
    const answer = this.#answer();
    this.#wake(state.run);
    try {
      await answer;
    } finally {
      this.#running = undefined;
      this.#worker.unref?.();
    }
    const result = this.#words[word.result]!;
    if (result < 0) throw new SystemError(call, errnoName(-result));
    bytes.set(this.#data.subarray(0, bytes.length));
    return result;
  }

  /**
   * Ends the thread. A call that is in the kernel stays there until the kernel lets go; the process can exit meanwhile,
   * on Deno by `Deno.exit` or an uncaught error only.
   */
  stop(): void {
    this.#usable = false;
    this.#wake(state.stop);
    this.#worker.terminate();
    if (this.#running !== undefined) this.#settle?.reject(new SystemError(this.#running, "ECANCELED"));
  }

  #wake(to: number): void {
    Atomics.store(this.#words, word.state, to);
    Atomics.notify(this.#words, word.state);
  }

  #answer(): Promise<void> {
    return new Promise((resolve, reject) => this.#settle = { resolve, reject });
  }

  #failed(reason: string): void {
    this.#usable = false;
    this.#settle?.reject(new AmtError("unexpected", `helper thread: ${reason}`));
  }
}
