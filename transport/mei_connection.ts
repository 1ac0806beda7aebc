import { AmtError } from "../core/errors/mod.ts";
import { type Libc, POLLIN, POLLOUT, SystemError } from "../ffi/libc.ts";
import type { Descriptor } from "./descriptor.ts";
import type { MeiConnection, WaitOptions } from "./mei.ts";
import { type MeiCall, meiError } from "./mei_errno.ts";
import { checkMessageSize } from "./message_size.ts";

interface Connected {
  readonly libc: Libc;
  readonly descriptor: Descriptor;
  readonly maxMessageLength: number;
  readonly protocolVersion: number;
  /** Stands in front of messages. */
  readonly subject: string;
  /** See `ConnectOptions`. */
  readonly unasked: boolean;
}

/** A connected descriptor of the mei driver. */
export class MeiDeviceConnection implements MeiConnection {
  readonly maxMessageLength: number;
  readonly protocolVersion: number;
  readonly #libc: Libc;
  readonly #descriptor: Descriptor;
  readonly #subject: string;
  readonly #buffer: Uint8Array;
  readonly #unasked: boolean;
  #receiving = false;
  /** A message may wait in the driver. */
  #isQueued = false;
  #leaving: Promise<void> | undefined;

  constructor(connected: Connected) {
    this.#libc = connected.libc;
    this.#descriptor = connected.descriptor;
    this.#subject = connected.subject;
    this.#unasked = connected.unasked;
    this.maxMessageLength = connected.maxMessageLength;
    this.protocolVersion = connected.protocolVersion;
    this.#buffer = new Uint8Array(connected.maxMessageLength);
  }

  async send(message: Uint8Array, options: WaitOptions = {}): Promise<void> {
    checkMessageSize(this.#subject, message, this.maxMessageLength);
    // Of messages that wait in it, the Linux driver lets a short one overtake a long one, and now and then others.
    if (this.#isQueued) await this.#descriptor.left(this.#leaving ?? this.#descriptor.leaving(), options.signal);
    this.#isQueued = true;
    this.#leaving = undefined;
    const call = () => this.#libc.write(this.#descriptor.fd, message);
    const written = await this.#run("write", call, POLLOUT, options.signal);
    if (written !== message.length) {
      throw new AmtError("unexpected", `${this.#subject}: the driver took ${written} of ${message.length} bytes`);
    }
    // Where another message is likely to follow before an answer, most of the wait is over by then.
    if (this.#unasked) this.#leaving = this.#descriptor.leaving();
  }

  async receive(options: WaitOptions = {}): Promise<Uint8Array> {
    if (this.#receiving) throw new AmtError("usage", `${this.#subject}: two receives at a time`);
    this.#receiving = true;
    try {
      const call = () => this.#libc.read(this.#descriptor.fd, this.#buffer);
      const length = await this.#run("read", call, POLLIN, options.signal);
      // An answer shows that its question has left.
      if (!this.#unasked) this.#isQueued = false;
      return this.#buffer.slice(0, length);
    } finally {
      this.#receiving = false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#descriptor.close();
  }

  async #run(name: MeiCall, call: () => number, events: number, signal: AbortSignal | undefined): Promise<number> {
    try {
      return await this.#descriptor.retry(call, events, signal);
    } catch (error) {
      if (error instanceof SystemError) throw meiError(name, error, this.#subject);
      throw error;
    }
  }
}
