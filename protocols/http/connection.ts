import type { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { unlessAborted } from "../../core/delay.ts";
import type { ByteChannel, Dialer } from "../../transport/channel.ts";
import { toDuplex } from "../../transport/duplex.ts";
import { exchange, type ExchangeOptions, type Incoming, type Outgoing } from "./exchange.ts";

/** AMT ends an idle connection after about 28 s (TLS) or 60 s; a change is not put at that risk. */
const LONGEST_IDLE_MS = 20_000;

export interface ConnectionTarget {
  readonly dial: Dialer;
  readonly host: string;
  readonly port: number;
  /** Stands in front of messages. */
  readonly subject: string;
}

/** A connection to an HTTP server, for one request at a time. */
export class HttpConnection implements AsyncDisposable {
  readonly #channel: ByteChannel;
  readonly #duplex: Duplex;
  readonly #http: typeof import("node:http");
  readonly #agent: Agent;
  #isBusy = false;
  #idleSince = performance.now();

  /** Rejects as the dialer does, and for the signal. */
  static async open(target: ConnectionTarget, signal: AbortSignal): Promise<HttpConnection> {
    const { dial, host, port, subject } = target;
    const http = await import("node:http");
    const dialled = dial({ host, port }, signal);
    const dispose = () => void dialled.then((channel) => channel[Symbol.asyncDispose](), () => {});
    const channel = await unlessAborted(dialled, signal, subject, dispose);
    return new HttpConnection(channel, await toDuplex(channel), http);
  }

  private constructor(channel: ByteChannel, duplex: Duplex, http: typeof import("node:http")) {
    this.#channel = channel;
    this.#duplex = duplex;
    this.#http = http;
    this.#agent = agentOf(duplex, http);
    duplex.on("error", ignore);
    // What comes unasked must not be taken for the next answer.
    for (const event of ["data", "end"]) duplex.on(event, () => this.#isBusy || duplex.destroy());
  }

  /** Whether another request may be sent; one that changes something is not sent when the server may be about to go. */
  isFit(changes: boolean): boolean {
    if (this.#duplex.destroyed || this.#duplex.readableEnded) return false;
    return !changes || performance.now() - this.#idleSince <= LONGEST_IDLE_MS;
  }

  /** See {@link exchange}. */
  async exchange(outgoing: Outgoing, options: Omit<ExchangeOptions, "http" | "agent">): Promise<Incoming> {
    this.#isBusy = true;
    try {
      return await exchange(outgoing, { ...options, http: this.#http, agent: this.#agent });
    } finally {
      this.#isBusy = false;
      this.#idleSince = performance.now();
    }
  }

  /** Never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#duplex.destroy();
    await Promise.resolve(this.#channel[Symbol.asyncDispose]()).catch(() => {});
  }
}

/** Hands `node:http` the one connection that there is. */
function agentOf(duplex: Duplex, { Agent }: typeof import("node:http")): Agent {
  class OneConnection extends Agent {
    override createConnection(): Duplex {
      return duplex;
    }
    // What these do by default only sockets can.
    override keepSocketAlive(): boolean {
      return true;
    }
    // `node:http` leaves a listener of its own for the time between two requests, and adds one each time.
    override reuseSocket(): void {
      duplex.removeAllListeners("error").on("error", ignore);
    }
  }
  return new OneConnection({ keepAlive: true, maxSockets: 1 });
}

function ignore(): void {}
