import type { Fault } from "./faults.ts";
import type { ClientSession, FirmwareClient } from "./firmware_client.ts";

/** The host's end of a connection, as its carrier sees it. */
export interface HostEnd {
  /** A whole message; comes only after {@link FirmwareConnection.allow}, once for each. */
  message(message: Uint8Array): void;
  /** The firmware can take one more message. */
  credit(): void;
  /** The firmware ended the connection, or the link was reset. */
  disconnected(reason: "firmware" | "reset"): void;
  /** The client has an event to tell; left out by a carrier that does not tell its host. */
  notified?(): void;
}

interface Surroundings {
  fault(message: Uint8Array): Fault | undefined;
  reset(): void;
  closed(): void;
}

/**
 * One connection, with the two credits of HBM: the host may send when it was given `credit`, the firmware when the
 * host called `allow`. The firmware has one request buffer: it gives credit again only when its answers have left,
 * as clients in the field need it (metee's test suite passes only so).
 */
export class FirmwareConnection {
  readonly client: FirmwareClient;
  readonly #host: HostEnd;
  readonly #around: Surroundings;
  readonly #session: ClientSession;
  readonly #outbound: Uint8Array[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #allowed = 0;
  #begun = false;
  #requestBufferInUse = false;
  #working = false;
  #fault: Fault | undefined;
  #open = true;

  constructor(client: FirmwareClient, host: HostEnd, around: Surroundings) {
    this.client = client;
    this.#host = host;
    this.#around = around;
    this.#session = client.open({ send: (message) => this.#answer(message), disconnect: () => this.#disconnect() });
  }

  /** The carrier is ready: gives the first credit. Call it once, after the connect was answered. */
  start(): void {
    if (this.#open) this.#host.credit();
  }

  /** A whole message from the host; it used up one credit. */
  deliver(message: Uint8Array): void {
    if (!this.#open) return;
    this.#begin();
    this.#requestBufferInUse = true;
    this.#fault = this.#around.fault(message);
    if (this.#fault?.kind === "reset") return this.#around.reset();
    if (this.#fault?.kind === "disconnect") return this.#disconnect();
    this.#working = true;
    const done = this.#session.message(message);
    if (done === undefined) this.#worked();
    else done.finally(() => this.#worked());
  }

  /** The host can take more messages; `Infinity` for a carrier without credit. */
  allow(messages = 1): void {
    if (!this.#open) return;
    this.#begin();
    this.#allowed += messages;
    this.#flush();
  }

  /** The firmware's client has an event to tell. */
  notify(): void {
    if (this.#open) this.#host.notified?.();
  }

  /** The host disconnects. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#session.close?.();
    this.#around.closed();
  }

  /** The link was reset under the connection. */
  lost(): void {
    if (!this.#open) return;
    this.close();
    this.#host.disconnected("reset");
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#session.start?.();
  }

  #disconnect(): void {
    if (!this.#open) return;
    this.close();
    this.#host.disconnected("firmware");
  }

  #answer(message: Uint8Array): void {
    if (!this.#open) return;
    const fault = this.#fault;
    if (fault?.kind === "silent") return;
    if (fault?.kind !== "slow") return this.#queue(spoiled(message, fault));
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue(message);
    }, fault.delayMs ?? 1000);
    this.#timers.add(timer);
  }

  #queue(message: Uint8Array): void {
    this.#outbound.push(message);
    this.#flush();
  }

  #flush(): void {
    while (this.#open && this.#allowed > 0 && this.#outbound.length > 0) {
      this.#allowed--;
      this.#host.message(this.#outbound.shift()!);
    }
    this.#settle();
  }

  #worked(): void {
    this.#working = false;
    this.#settle();
  }

  #settle(): void {
    if (!this.#open || !this.#requestBufferInUse || this.#working) return;
    if (this.#outbound.length > (this.client.answersWaiting ?? 0) || this.#timers.size > 0) return;
    this.#requestBufferInUse = false;
    this.#host.credit();
  }
}

function spoiled(message: Uint8Array, fault: Fault | undefined): Uint8Array {
  switch (fault?.kind) {
    case "empty":
      return new Uint8Array();
    case "short":
      return message.slice(0, Math.floor(message.length / 2));
    case "long": {
      const long = new Uint8Array(message.length + 4);
      long.set(message);
      return long;
    }
    case "garbage":
      return message.map((byte, i) => byte ^ (0xa5 + i));
    default:
      return message;
  }
}
