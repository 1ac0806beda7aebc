import { abortError, AmtError } from "../core/errors/mod.ts";
import { delay } from "../core/delay.ts";
import type { Guid } from "../core/guid.ts";
import type { ConnectOptions, MeiConnection, MeiTransport, WaitOptions } from "../transport/mei.ts";
import { checkMessageSize } from "../transport/message_size.ts";
import type { FirmwareConnection, HostEnd } from "./connection.ts";
import type { Refusal, SimulatedMe } from "./me.ts";

const BUSY_BUDGET_MS = 2000;
const BUSY_PAUSE_MS = 25;
/** As many messages wait in the Linux driver (`tx_queue_limit`). */
const QUEUE_LIMIT = 50;

/** The simulated ME in process, with the manners of the Linux driver. */
export class SimulatedMei implements MeiTransport {
  readonly #me: SimulatedMe;
  readonly #holds: (client: Guid) => boolean;

  /** `holds`: whether a kernel driver has a connection to a client, which counts like any other. */
  constructor(me: SimulatedMe, holds: (client: Guid) => boolean = () => false) {
    this.#me = me;
    this.#holds = holds;
  }

  async connect(client: Guid, options: ConnectOptions = {}): Promise<MeiConnection> {
    const subject = `simulated ME, client ${client}`;
    for (let left = options.busyBudgetMs ?? BUSY_BUDGET_MS;; left -= BUSY_PAUSE_MS) {
      if (options.signal?.aborted) throw abortError(options.signal, subject);
      const connection = this.#open(client, subject);
      if (connection === "notFound") {
        throw new AmtError("mei.clientNotOffered", `${subject}: the firmware does not offer this client`, {
          details: { client },
        });
      }
      if (connection !== "rejected") return connection;
      if (left <= 0) {
        throw new AmtError("mei.busy", `${subject}: the client takes no further connection`, { details: { client } });
      }
      await delay(Math.min(BUSY_PAUSE_MS, left), options.signal, subject);
    }
  }

  #open(client: Guid, subject: string): SimulatedConnection | Refusal {
    const elsewhere = this.#holds(client) ? 1 : 0;
    return SimulatedConnection.open(subject, (host) => this.#me.connect(client, host, elsewhere));
  }
}

class SimulatedConnection implements MeiConnection {
  readonly maxMessageLength: number;
  readonly protocolVersion: number;
  readonly #subject: string;
  readonly #firmware: FirmwareConnection;
  readonly #inbound: Uint8Array[] = [];
  readonly #outbound: Uint8Array[] = [];
  /** What waits for a change of the state below. */
  readonly #waiters = new Set<() => void>();
  #credits = 0;
  #receiveCreditPosted = false;
  #receiving = false;
  #end: "mei.reset" | "mei.closed" | undefined;

  static open(
    subject: string,
    connect: (host: HostEnd) => FirmwareConnection | Refusal,
  ): SimulatedConnection | Refusal {
    const firmware = connect({
      message: (message) => connection.#arrived(message),
      credit: () => connection.#credit(),
      disconnected: () => connection.#over("mei.reset"),
    });
    if (typeof firmware === "string") return firmware;
    const connection = new SimulatedConnection(firmware, subject);
    firmware.start();
    return connection;
  }

  private constructor(firmware: FirmwareConnection, subject: string) {
    this.#firmware = firmware;
    this.#subject = subject;
    this.maxMessageLength = firmware.client.properties.maxMessageLength;
    this.protocolVersion = firmware.client.properties.protocolVersion;
  }

  async send(message: Uint8Array, options: WaitOptions = {}): Promise<void> {
    checkMessageSize(this.#subject, message, this.maxMessageLength);
    await this.#until(() => this.#end !== undefined || this.#outbound.length < QUEUE_LIMIT, options.signal);
    if (this.#end !== undefined) throw this.#ended(this.#end);
    this.#outbound.push(message.slice());
    this.#transmit();
  }

  async receive(options: WaitOptions = {}): Promise<Uint8Array> {
    if (this.#receiving) throw new AmtError("usage", `${this.#subject}: two receives at a time`);
    this.#receiving = true;
    try {
      if (this.#inbound.length === 0 && this.#end === undefined && !this.#receiveCreditPosted) {
        this.#receiveCreditPosted = true;
        this.#firmware.allow();
      }
      await this.#until(() => this.#end !== undefined || this.#inbound.length > 0, options.signal);
      const message = this.#end === "mei.closed" ? undefined : this.#inbound.shift();
      if (message === undefined) throw this.#ended(this.#end!);
      return message;
    } finally {
      this.#receiving = false;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#firmware.close();
    this.#over("mei.closed");
    return Promise.resolve();
  }

  #arrived(message: Uint8Array): void {
    this.#receiveCreditPosted = false;
    this.#inbound.push(message.slice());
    this.#changed();
  }

  #credit(): void {
    this.#credits++;
    this.#transmit();
  }

  #over(end: "mei.reset" | "mei.closed"): void {
    this.#end = end;
    this.#changed();
  }

  /** The firmware works in its own time, never inside the host's call. */
  #transmit(): void {
    queueMicrotask(() => {
      if (this.#credits === 0 || this.#end !== undefined) return;
      const message = this.#outbound.shift();
      if (message === undefined) return;
      this.#credits--;
      this.#firmware.deliver(message);
      this.#changed();
    });
  }

  #changed(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  #until(ready: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => {
        this.#waiters.delete(check);
        signal?.removeEventListener("abort", onAbort);
        done();
      };
      const check = () => {
        if (ready()) settle(resolve);
      };
      const onAbort = () => settle(() => reject(abortError(signal!, this.#subject)));
      if (signal?.aborted) return onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(check);
      check();
    });
  }

  #ended(code: "mei.reset" | "mei.closed"): AmtError {
    const text = code === "mei.closed" ? "the connection is closed" : "the firmware closed the connection or restarted";
    return new AmtError(code, `${this.#subject}: ${text}`);
  }
}
