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
}

/** A connected descriptor of the mei driver. */
export class MeiDeviceConnection implements MeiConnection {
  readonly maxMessageLength: number;
  readonly protocolVersion: number;
  readonly #libc: Libc;
  readonly #descriptor: Descriptor;
  readonly #subject: string;
  readonly #buffer: Uint8Array;
  #receiving = false;

  constructor(connected: Connected) {
    this.#libc = connected.libc;
    this.#descriptor = connected.descriptor;
    this.#subject = connected.subject;
    this.maxMessageLength = connected.maxMessageLength;
    this.protocolVersion = connected.protocolVersion;
    this.#buffer = new Uint8Array(connected.maxMessageLength);
  }

  async send(message: Uint8Array, options: WaitOptions = {}): Promise<void> {
    checkMessageSize(this.#subject, message, this.maxMessageLength);
    const call = () => this.#libc.write(this.#descriptor.fd, message);
    const written = await this.#run("write", call, POLLOUT, options.signal);
    if (written !== message.length) {
      throw new AmtError("unexpected", `${this.#subject}: the driver took ${written} of ${message.length} bytes`);
    }
  }

  async receive(options: WaitOptions = {}): Promise<Uint8Array> {
    if (this.#receiving) throw new AmtError("usage", `${this.#subject}: two receives at a time`);
    this.#receiving = true;
    try {
      const call = () => this.#libc.read(this.#descriptor.fd, this.#buffer);
      const length = await this.#run("read", call, POLLIN, options.signal);
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
