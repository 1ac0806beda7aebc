import { encode } from "../../core/binary/mod.ts";
import type { FirmwareConnection, HostEnd } from "../connection.ts";
import { FrameHeader, MAX_PAYLOAD } from "./messages.ts";

interface Wires {
  readonly frame: (frame: Uint8Array, last: boolean) => void;
  readonly credit: () => void;
  readonly disconnected: (reason: "firmware" | "reset") => void;
  readonly notification: () => void;
}

/** One connection on the bus: cuts messages into frames and puts frames together, counting the host's credit. */
export class HbmLink implements HostEnd {
  readonly me: number;
  readonly host: number;
  /** The host wants to be told of events. */
  notify = false;
  readonly #limit: number;
  readonly #wires: Wires;
  #connection: FirmwareConnection | undefined;
  #credit = 0;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(at: { readonly me: number; readonly host: number }, maxMessageLength: number, wires: Wires) {
    this.me = at.me;
    this.host = at.host;
    this.#limit = maxMessageLength;
    this.#wires = wires;
  }

  /** The firmware's end; a fixed client needs no credit either way. */
  join(connection: FirmwareConnection): void {
    this.#connection = connection;
    if (this.host === 0) connection.allow(Infinity);
  }

  /** The connect was answered: the first credit goes out. */
  start(): void {
    this.#connection?.start();
  }

  /** The host can take one more message. */
  allow(): void {
    this.#connection?.allow();
  }

  close(): void {
    this.#connection?.close();
  }

  /** One frame's payload. The answer says what became of it: `waiting` for more, a whole `message`, or `dropped`. */
  receive(payload: Uint8Array, complete: boolean): "waiting" | "message" | "dropped" {
    if (this.host !== 0 && this.#credit === 0) return "dropped";
    this.#length += payload.length;
    const tooLong = this.#length > this.#limit;
    if (tooLong) this.#parts = [];
    else this.#parts.push(payload.slice());
    if (!complete) return "waiting";
    const message = joined(this.#parts);
    this.#parts = [];
    this.#length = 0;
    if (this.host !== 0) this.#credit--;
    if (tooLong) {
      this.credit();
      return "dropped";
    }
    this.#connection?.deliver(message);
    return "message";
  }

  message(message: Uint8Array): void {
    let at = 0;
    do {
      const payload = message.subarray(at, at + MAX_PAYLOAD);
      at += payload.length;
      const complete = at === message.length;
      this.#wires.frame(frame({ me: this.me, host: this.host, complete }, payload), complete);
    } while (at < message.length);
  }

  credit(): void {
    if (this.host === 0) return;
    this.#credit++;
    this.#wires.credit();
  }

  disconnected(reason: "firmware" | "reset"): void {
    this.#wires.disconnected(reason);
  }

  notified(): void {
    if (this.notify) this.#wires.notification();
  }
}

/** A frame as it stands on the bus: the 4-byte header and the payload, not padded. */
export function frame(
  header: { readonly me: number; readonly host: number; readonly complete: boolean },
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { me, host, complete } = header;
  const front = encode(FrameHeader, {
    me,
    host,
    length: payload.length,
    reserved: 0,
    extended: 0,
    dmaRing: 0,
    internal: 0,
    complete: complete ? 1 : 0,
  });
  return joined([front, payload]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
