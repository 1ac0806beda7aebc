import type { AmtError } from "../../core/errors/mod.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import type { ApfClock } from "./waiting.ts";
import { SendWindow } from "./windows.ts";

/** How long a rest of the firmware's window is held back while more is to come, in ms. */
const HOLD_MS = 20;

interface SenderOptions {
  /** The firmware's number of the channel. */
  readonly remote: number;
  readonly windowBytes: number;
  /** Most bytes of one CHANNEL_DATA. */
  readonly payloadBytes: number;
  readonly clock: ApfClock;
  /** Fires when the channel is over. */
  readonly over: AbortSignal;
  /** Called when there is something to send. */
  readonly wake: () => void;
}

/** The half of a channel that goes to the firmware: no byte more than it gave credit for. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #outbox = new Outbox();
  readonly #window: SendWindow;
  #holding = false;
  /** The rest was held back long enough. */
  #impatient = false;
  #bytes = 0;
  #messages = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#window = new SendWindow(options.windowBytes);
  }

  get unsentBytes(): number {
    return this.#outbox.length;
  }

  write(bytes: Uint8Array): Promise<void> {
    const written = this.#outbox.put(bytes);
    this.#check();
    return written;
  }

  /** `false` when the window would not fit 32 bits. */
  credited(bytes: number): boolean {
    this.#impatient = false;
    if (!this.#window.add(bytes)) return false;
    this.#check();
    return true;
  }

  /** Bytes of the message that can go now; 0 for none. */
  get sendableBytes(): number {
    const wanted = Math.min(this.#outbox.length, this.#options.payloadBytes);
    if (wanted <= this.#window.bytes) return wanted;
    return this.#window.isScanty && !this.#impatient ? 0 : this.#window.bytes;
  }

  next(): Outgoing | undefined {
    const length = this.sendableBytes;
    if (length === 0) return undefined;
    this.#impatient = false;
    this.#window.take(length);
    this.#bytes += length;
    this.#messages++;
    const outgoing = this.#outbox.take(this.#options.remote, length);
    this.#check();
    return outgoing;
  }

  /** Nothing more is sent. */
  fail(error: AmtError): void {
    this.#outbox.fail(error);
  }

  stats() {
    return {
      bytesSent: this.#bytes,
      messagesSent: this.#messages,
      sendWindowBytes: this.#window.bytes,
      unsentBytes: this.#outbox.length,
    };
  }

  #check(): void {
    if (this.#outbox.length === 0) return;
    if (this.sendableBytes > 0) this.#options.wake();
    else if (this.#window.bytes > 0 && !this.#holding) this.#hold();
  }

  async #hold(): Promise<void> {
    const { clock, over } = this.#options;
    const before = this.#window.bytes;
    this.#holding = true;
    try {
      await clock.sleep(HOLD_MS, over, "APF window");
    } catch {
      return;
    } finally {
      this.#holding = false;
    }
    if (this.#outbox.length === 0 || this.sendableBytes > 0) return;
    this.#impatient = this.#window.bytes === before;
    this.#check();
  }
}
