import type { AmtError } from "../../core/errors/mod.ts";
import { Inbox } from "./inbox.ts";
import type { ReceiveWindow } from "./windows.ts";

/** The half of a channel that comes from the firmware: credit is given back for what the local side took. */
export class Receiver {
  readonly #inbox = new Inbox();
  readonly #window: ReceiveWindow;
  readonly #wake: () => void;
  #discards = false;
  #credit = 0;
  #bytes = 0;
  #messages = 0;

  /** `wake` is called when there is credit to tell the firmware. */
  constructor(window: ReceiveWindow, wake: () => void) {
    this.#window = window;
    this.#wake = wake;
  }

  /** `false` when it is more than the window. */
  arrived(data: Uint8Array): boolean {
    if (!this.#window.arrived(data.length)) return false;
    this.#bytes += data.length;
    this.#messages++;
    if (data.length === 0) return true;
    if (this.#discards) this.#taken(data.length);
    else this.#inbox.put(data);
    return true;
  }

  read(signal: AbortSignal | undefined, subject: string): Promise<Uint8Array | undefined> {
    this.#taken(this.#inbox.settleLent());
    return this.#inbox.take(signal, subject);
  }

  /** Credit to tell the firmware; 0 for none. */
  get credit(): number {
    return this.#credit;
  }

  takeCredit(): number {
    const credit = this.#credit;
    this.#credit = 0;
    return credit;
  }

  /** The stream ends after what is here. */
  end(error: AmtError | null): void {
    this.#inbox.end(error);
  }

  /** Nobody reads any more: what is here and what still comes is dropped. */
  discard(error: AmtError): void {
    this.#discards = true;
    this.#taken(this.#inbox.settleLent() + this.#inbox.discard(error));
  }

  stats() {
    return {
      bytesReceived: this.#bytes,
      messagesReceived: this.#messages,
      receiveWindowBytes: this.#window.bytes,
      unreadBytes: this.#inbox.length,
    };
  }

  #taken(bytes: number): void {
    const due = this.#window.left(bytes);
    if (due === 0) return;
    this.#credit += due;
    this.#wake();
  }
}
