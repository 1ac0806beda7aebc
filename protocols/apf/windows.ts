/** A window is a u32 on the wire. */
const LIMIT = 0xffff_ffff;
/** Bytes that a channel lets the firmware send ahead at most, however long its messages are. */
const LARGEST_RECEIVE_WINDOW = 256 * 1024;

/** Bytes that the other side still takes. */
export class SendWindow {
  #bytes: number;
  #largest: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#largest = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Less than a quarter is left, so that the other side owes the rest. A message of so few bytes costs as much as a
   * whole one, and a window that is no multiple of a whole one would leave such a rest each time.
   */
  get isScanty(): boolean {
    return this.#bytes * 4 < this.#largest;
  }

  /** More credit; `false`, and nothing is added, when the window would not fit 32 bits. */
  add(bytes: number): boolean {
    if (this.#bytes + bytes > LIMIT) return false;
    this.#bytes += bytes;
    this.#largest = Math.max(this.#largest, this.#bytes);
    return true;
  }

  take(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What a {@link ReceiveWindow} is made of when so many whole messages are wanted: at least two, and 256 KiB at most. */
export function windowOf(messages: number, payloadBytes: number): { windowMessages: number; windowUnit: number } {
  const windowUnit = Math.min(payloadBytes, LARGEST_RECEIVE_WINDOW / 2);
  return { windowMessages: Math.min(messages, Math.floor(LARGEST_RECEIVE_WINDOW / windowUnit)), windowUnit };
}

/**
 * Bytes that the other side may still send, and those that it can be given back. Size and credit are whole messages of
 * `unit` bytes, so that a sender which uses up its window does not send a rest each time.
 */
export class ReceiveWindow {
  readonly #size: number;
  readonly #unit: number;
  #bytes: number;
  #taken = 0;

  /** `messages`: 2 or more. */
  constructor(messages: number, unit: number) {
    this.#size = messages * unit;
    this.#unit = unit;
    this.#bytes = this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes arrived; `false` when they are more than the window. */
  arrived(bytes: number): boolean {
    if (bytes > this.#bytes) return false;
    this.#bytes -= bytes;
    return true;
  }

  /** Bytes left for the local side: how many to give back now, 0 until they are half the window. */
  left(bytes: number): number {
    this.#taken += bytes;
    if (this.#taken * 2 < this.#size) return 0;
    const rest = this.#taken % this.#unit;
    const due = this.#taken - rest;
    this.#taken = rest;
    this.#bytes += due;
    return due;
  }
}
