import { AmtError } from "../../core/errors/mod.ts";
import type { LocalStream } from "../../transport/local_stream.ts";
import { listen, type Listener } from "../../transport/tcp.ts";

/** A program connected to one of AMT's ports on this machine. */
export type Accept = (stream: LocalStream, port: number, address: "127.0.0.1" | "::1") => void;

export interface ListenersOptions {
  readonly accept: Accept;
  /** A port is served, on these addresses. */
  listening(port: number, addresses: readonly string[]): void;
  /** A port is taken, or may not be had; it is tried again. Told once. */
  taken(port: number, error: AmtError): void;
}

const ADDRESSES = ["127.0.0.1", "::1"] as const;
/** What says that this machine has no such address: no IPv6, mostly. Deno 2.9 makes EINVAL of EADDRNOTAVAIL. */
const NO_ADDRESS = ["EADDRNOTAVAIL", "EAFNOSUPPORT", "EPROTONOSUPPORT", "EINVAL"];
const RETRY_MS = 1000;

/** The ports of this machine that lead to AMT. A port that is taken is tried again until it is to be had. */
export class Listeners implements AsyncDisposable {
  readonly #options: ListenersOptions;
  readonly #ports = new Map<number, Listener[]>();
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #closed = false;

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  /** Ports that are served. */
  get ports(): number[] {
    return [...this.#ports.keys()].sort((a, b) => a - b);
  }

  /** Serves a port, if it is not served already. Never rejects. */
  async open(port: number): Promise<void> {
    if (this.#closed || this.#ports.has(port) || this.#timers.has(port)) return;
    await this.#try(port, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    const all = [...this.#ports.values()].flat();
    this.#ports.clear();
    for (const each of all) await each[Symbol.asyncDispose]();
  }

  async #try(port: number, isFirst: boolean): Promise<void> {
    const made: Listener[] = [];
    try {
      for (const address of ADDRESSES) {
        const listener = await this.#listen(address, port);
        if (listener !== undefined) made.push(listener);
      }
    } catch (error) {
      for (const each of made) await each[Symbol.asyncDispose]();
      if (!(error instanceof AmtError)) throw error;
      if (isFirst) this.#options.taken(port, error);
      if (!this.#closed) this.#timers.set(port, setTimeout(() => this.#again(port), RETRY_MS));
      return;
    }
    if (this.#closed) {
      for (const each of made) await each[Symbol.asyncDispose]();
      return;
    }
    this.#ports.set(port, made);
    this.#options.listening(port, made.map(({ address }) => address));
  }

  #again(port: number): void {
    this.#timers.delete(port);
    if (!this.#closed) void this.#try(port, false);
  }

  async #listen(address: typeof ADDRESSES[number], port: number): Promise<Listener | undefined> {
    try {
      return await listen(address, port, (stream) => this.#options.accept(stream, port, address));
    } catch (error) {
      const isMissing = error instanceof AmtError && NO_ADDRESS.includes(String(error.details["errno"]));
      if (isMissing && address === "::1") return undefined;
      throw error;
    }
  }
}
