import type { ApfMessage } from "../../protocols/apf/mod.ts";
import type { Credit } from "./options.ts";
import { type ServiceStream, StreamGone } from "./service.ts";

/** What a channel needs of its session. */
export interface ChannelSurroundings {
  readonly credit: Credit;
  /** The most payload of one DATA. */
  readonly maxDataBytes: number;
  send(message: ApfMessage): void;
  /** So many bytes of payload passed; the session may be over after it. */
  passed(bytes: number): void;
  /** Holds up each DATA; `undefined` when nothing does. */
  pause(): Promise<void> | undefined;
  /** Sends each CLOSE twice. */
  closesTwice(): boolean;
  /** Both sides have closed. */
  freed(): void;
}

export interface ChannelEnds {
  /** The number that the firmware gave it. */
  readonly own: number;
  /** The number that the host gave it. */
  readonly host: number;
  /** What the firmware may send. */
  readonly windowBytes: number;
}

/** The most that a window can hold. */
const LARGEST_WINDOW = 0xffff_ffff;

/** The firmware's end of a channel, with both of its windows. What the host did wrong is answered by a text. */
export class LmeChannel implements ServiceStream {
  readonly own: number;
  readonly host: number;
  readonly #around: ChannelSurroundings;
  readonly #received: Uint8Array[] = [];
  /** What the firmware may send, and what the host may. */
  #window: number;
  #hostWindow: number;
  /** Taken, and not given back as credit yet. */
  #taken = 0;
  /** The reader and the writer, which wait for a change of the state. */
  #waiters: (() => void)[] = [];
  #hostClosed = false;
  #closed = false;
  #gone = false;

  constructor({ own, host, windowBytes }: ChannelEnds, around: ChannelSurroundings) {
    this.own = own;
    this.host = host;
    this.#around = around;
    this.#window = windowBytes;
    this.#hostWindow = around.credit.windowBytes;
  }

  get hostClosed(): boolean {
    return this.#hostClosed;
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#gone) throw new StreamGone();
      if (this.#received.length > 0) break;
      if (this.#hostClosed) return undefined;
      await this.#change();
    }
    const pause = this.#around.pause();
    if (pause !== undefined) await pause;
    if (this.#gone) throw new StreamGone();
    const bytes = this.#received.shift()!;
    this.#take(bytes.length);
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      while (this.#window === 0 && !this.#gone && !this.#hostClosed) await this.#change();
      const pause = this.#window === 0 ? undefined : this.#around.pause();
      if (pause !== undefined) await pause;
      if (this.#gone || this.#window === 0) throw new StreamGone();
      const data = bytes.subarray(at, at + Math.min(this.#window, this.#around.maxDataBytes));
      at += data.length;
      this.#window -= data.length;
      this.#around.send({ kind: "channelData", recipient: this.host, data });
      this.#around.passed(data.length);
    }
  }

  /** Says that the firmware sends no more. The number is free when the host has said so too. */
  close(): void {
    if (this.#closed || this.#gone) return;
    this.#closed = true;
    const close = { kind: "channelClose", recipient: this.host } as const;
    this.#around.send(close);
    if (this.#around.closesTwice()) this.#around.send(close);
    if (this.#hostClosed) this.#around.freed();
  }

  /** The session is over: whoever serves the channel learns it, and nothing is sent. */
  end(): void {
    this.#gone = true;
    this.#wake();
  }

  /** DATA of the host; what crosses the firmware's CLOSE is dropped. */
  data(bytes: Uint8Array): string | undefined {
    if (this.#hostClosed) return `DATA for channel ${this.own} after its CLOSE`;
    if (bytes.length > this.#hostWindow) {
      return `DATA of ${bytes.length} bytes for channel ${this.own}, whose window is ${this.#hostWindow}`;
    }
    this.#hostWindow -= bytes.length;
    if (this.#closed || bytes.length === 0) return undefined;
    this.#received.push(bytes);
    this.#wake();
    this.#around.passed(bytes.length);
    return undefined;
  }

  /** WINDOW_ADJUST of the host. */
  adjust(bytes: number): string | undefined {
    this.#window += bytes;
    if (this.#window > LARGEST_WINDOW) return `WINDOW_ADJUST of channel ${this.own} to ${this.#window}`;
    this.#wake();
    return undefined;
  }

  /** CLOSE of the host; `drop`: what the firmware still has to send is dropped. */
  closedByHost(drop: boolean): undefined {
    if (this.#hostClosed) return;
    this.#hostClosed = true;
    if (this.#closed) return void this.#around.freed();
    if (drop) {
      this.close();
      this.#gone = true;
    }
    this.#wake();
  }

  #take(bytes: number): void {
    this.#taken += bytes;
    const { everyBytes, mostBytes } = this.#around.credit;
    while (this.#taken >= everyBytes && !this.#hostClosed && !this.#closed) {
      const bytesToAdd = Math.min(this.#taken, mostBytes);
      this.#taken -= bytesToAdd;
      this.#hostWindow += bytesToAdd;
      this.#around.send({ kind: "channelWindowAdjust", recipient: this.host, bytesToAdd });
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => void this.#waiters.push(resolve));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
