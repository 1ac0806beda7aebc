import { encode } from "../../core/binary/mod.ts";
import { unlessAborted } from "../../core/delay.ts";
import { abortError, AmtError } from "../../core/errors/mod.ts";
import type { ByteChannel } from "../../transport/channel.ts";
import type { WaitOptions } from "../../transport/mei.ts";
import { byteChannelOf } from "./byte_channel.ts";
import type { ApfChannel, ApfChannelStats } from "./channel.ts";
import type { ChannelEnds, ChannelLink } from "./channel_link.ts";
import { ApfMessage } from "./messages.ts";
import type { Outgoing } from "./outbox.ts";
import { patienceMs } from "./patience.ts";
import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import { ReceiveWindow } from "./windows.ts";

/** How often a channel that waits for its end looks whether something came or went, in ms. */
const TICK_MS = 100;

/** An {@link ApfChannel}, with the methods by which its session drives it. */
export class HostChannel implements ApfChannel {
  readonly openedBy: "host" | "firmware";
  readonly id: number;
  readonly remote: number;
  readonly port: number;
  readonly closed: Promise<void>;
  readonly #link: ChannelLink;
  readonly #receiver: Receiver;
  readonly #sender: Sender;
  readonly #over = new AbortController();
  #settleClosed!: (error: AmtError | undefined) => void;
  /** Why it ended, unless the firmware closed it. */
  #error: AmtError | undefined;
  #isShutDown = false;
  #isOrphan = false;
  /** CLOSE goes out when all is sent. */
  #isClosing = false;
  #closedForSilence = false;
  /** Bytes are missing, or may be, though both sides close it in good order. */
  #shortfall: AmtError | undefined;
  #close: "unsent" | "leaving" | "sent" = "unsent";
  #closeReceived = false;
  #isWatched = false;
  /** Counts what comes and goes. */
  #activity = 0;
  /** Something came since the last byte went. */
  #isAnswered = true;

  constructor(link: ChannelLink, { openedBy, id, remote, port, sendWindowBytes }: ChannelEnds) {
    this.openedBy = openedBy;
    this.id = id;
    this.remote = remote;
    this.port = port;
    this.#link = link;
    const wake = () => link.wake(this);
    const { payloadBytes, clock } = link;
    this.#receiver = new Receiver(new ReceiveWindow(link.windowMessages, link.windowUnit), wake);
    const over = this.#over.signal;
    this.#sender = new Sender({ remote, windowBytes: sendWindowBytes, payloadBytes, clock, over, wake });
    this.closed = new Promise((resolve, reject) => {
      this.#settleClosed = (error) => error === undefined ? resolve() : reject(error);
    });
    this.closed.catch(() => {});
  }

  read({ signal }: WaitOptions = {}): Promise<Uint8Array | undefined> {
    return this.#receiver.read(signal, this.#subject);
  }

  write(bytes: Uint8Array, { signal }: WaitOptions = {}): Promise<void> {
    if (signal?.aborted) this.abort(abortError(signal, this.#subject));
    const refusal = this.#writeRefusal(bytes.length);
    if (refusal !== undefined) return Promise.reject(refusal);
    const written = this.#sender.write(bytes);
    if (signal === undefined) return written;
    return unlessAborted(written, signal, this.#subject, () => this.abort(abortError(signal, this.#subject)));
  }

  shutdown(): void {
    this.#isShutDown = true;
    this.#closeIfDone();
    this.#watch();
  }

  ending(): void {
    this.#watch();
  }

  orphan(): void {
    this.#isOrphan = true;
    this.#closeIfDone();
    this.#watch();
  }

  close(): Promise<void> {
    this.#activity++;
    this.#isClosing = true;
    this.#link.wake(this);
    this.#watch();
    return this.closed;
  }

  abort(error = new AmtError("mei.closed", `${this.#subject}: closed by this program`)): void {
    if (this.#isOver || this.#error !== undefined) return;
    this.#error = error;
    this.#receiver.discard(error);
    this.#sender.fail(error);
    void this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.closed.catch(() => {});
  }

  byteChannel(): ByteChannel {
    return byteChannelOf(this);
  }

  stats(): ApfChannelStats {
    return { ...this.#receiver.stats(), ...this.#sender.stats() };
  }

  /** Data from the firmware; `false` when it is more than the window. */
  arrived(data: Uint8Array): boolean {
    this.#activity++;
    this.#isAnswered = true;
    return this.#receiver.arrived(data);
  }

  /** More credit from the firmware; `false` when it does not fit 32 bits. */
  credited(bytes: number): boolean {
    this.#activity++;
    return this.#sender.credited(bytes);
  }

  /** The firmware's CLOSE. */
  closedByFirmware(): void {
    this.#closeReceived = true;
    if (this.#closedForSilence && !this.#isAnswered) {
      this.#shortfall = this.#timeout("nothing answered what was sent last");
    }
    this.#receiver.end(this.#shortfall ?? null);
    this.#sender.fail(this.#refusal(this.#sender.unsentBytes));
    this.#link.deaf(this);
    this.#link.wake(this);
    if (this.#close === "sent") this.#conclude(this.#shortfall);
  }

  /** The session is over, or the firmware does not answer. */
  fail(error: AmtError): void {
    if (this.#isOver) return;
    this.#error ??= error;
    this.#receiver.end(this.#error);
    this.#sender.fail(this.#error);
    this.#conclude(error);
  }

  /** Our CLOSE is on its way. */
  get isClosing(): boolean {
    return this.#close !== "unsent";
  }

  get isReady(): boolean {
    if (this.#isOver) return false;
    if (this.#receiver.credit > 0 && !this.#closeReceived) return true;
    return this.#close === "unsent" && (this.#sender.sendableBytes > 0 || this.#closeIsDue);
  }

  /** The next message: credit, then data, then CLOSE. */
  next(): Outgoing | undefined {
    if (!this.isReady) return undefined;
    const bytesToAdd = this.#closeReceived ? 0 : this.#receiver.takeCredit();
    if (bytesToAdd > 0) {
      const adjust = { kind: "channelWindowAdjust", recipient: this.remote, bytesToAdd } as const;
      return { message: encode(ApfMessage, adjust), settle() {} };
    }
    const data = this.#sender.next();
    if (data !== undefined) {
      this.#activity++;
      this.#isAnswered = false;
      return data;
    }
    this.#activity++;
    this.#close = "leaving";
    const message = encode(ApfMessage, { kind: "channelClose", recipient: this.remote });
    return { message, settle: (error) => error === undefined && this.#closeLeft() };
  }

  get #subject(): string {
    return `APF channel ${this.id} to port ${this.port}`;
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  get #closeIsDue(): boolean {
    return this.#closeReceived || (this.#isClosing && this.#sender.unsentBytes === 0);
  }

  #closeLeft(): void {
    this.#close = "sent";
    if (this.#closeReceived) this.#conclude(this.#shortfall);
  }

  #writeRefusal(length: number): AmtError | undefined {
    if (this.#error !== undefined) return this.#error;
    if (this.#closeReceived) return this.#refusal(length);
    if (!this.#isShutDown && !this.#isClosing) return undefined;
    return new AmtError("usage", `${this.#subject}: written to after its end`);
  }

  #refusal(unsentBytes: number): AmtError {
    return new AmtError("firmware.refused", `${this.#subject}: the firmware closed it, and takes no more`, {
      details: { port: this.port, unsentBytes },
    });
  }

  #timeout(what: string): AmtError {
    return new AmtError("timeout", `${this.#subject}: ${what}`, { details: { port: this.port } });
  }

  #conclude(error: AmtError | undefined): void {
    if (this.#isOver) return;
    this.#over.abort();
    this.#settleClosed(error);
    this.#link.deaf(this);
    this.#link.gone(this);
  }

  #closeIfDone(): void {
    if (this.#isOrphan && this.#isShutDown && this.#isAnswered && this.#sender.unsentBytes === 0) void this.close();
  }

  /** From the end of what is written, or our CLOSE, on: sees to it that the channel ends. */
  async #watch(): Promise<void> {
    if (this.#isWatched || this.#isOver) return;
    this.#isWatched = true;
    for (let quietMs = 0, seen = this.#activity; !this.#isOver;) {
      const ms = Math.min(TICK_MS, this.#patienceMs());
      const slept = this.#link.clock.sleep(ms, this.#over.signal, this.#subject);
      if (!await slept.then(() => true, () => false)) return;
      quietMs = seen === this.#activity ? quietMs + ms : 0;
      seen = this.#activity;
      if (quietMs < this.#patienceMs()) continue;
      quietMs = 0;
      this.#losePatience();
    }
  }

  #patienceMs(): number {
    return patienceMs({
      isClosing: this.#isClosing,
      isSent: this.#sender.unsentBytes === 0,
      isAnswered: this.#isAnswered,
      isOrphan: this.#isOrphan,
      isPressed: this.#link.isPressed(),
    }, this.#link);
  }

  #losePatience(): void {
    if (this.#close !== "unsent") return this.fail(this.#timeout("the firmware does not close it"));
    if (this.#sender.unsentBytes > 0) {
      this.#shortfall = this.#timeout("the firmware takes no more data");
      return this.abort(this.#shortfall);
    }
    this.#closedForSilence = true;
    void this.close();
  }
}
