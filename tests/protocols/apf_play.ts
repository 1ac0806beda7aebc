import fc from "fast-check";
import { type ApfChannel, type ApfMessage, ApfSession } from "../../protocols/apf/mod.ts";
import { ManualClock } from "../fakes/clock.ts";
import { LmeFirmware } from "./lme_firmware.ts";

/** Small windows and messages, so that few bytes meet every limit. */
const MESSAGE = 109;
const PAYLOAD = MESSAGE - 9;
const WINDOW_MESSAGES = 3;
/** All that a run opens. */
const CHANNELS = 6;

/** One step of either side; `channel` is one of those that were opened, `amount` bytes or part of what there is. */
export const step = fc.record({
  what: fc.constantFrom(
    ...(["write", "read", "data", "credit"] as const).flatMap((often) => Array<typeof often>(8).fill(often)),
    ...[
      "open",
      "confirm",
      "ending",
      "orphan",
      "shutdown",
      "close",
      "abort",
      "firmwareClose",
      "strayClose",
      "time",
    ] as const,
  ),
  channel: fc.nat(7),
  amount: fc.nat(400),
});
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Byte `at` of a stream. */
function byteAt(at: number, stream: number): number {
  return (at * 7 + (at >> 8) + stream * 31) & 0xff;
}

function bytesOf(stream: number, from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => byteAt(from + i, stream));
}

/** What is known of one channel at both ends. */
export class Both {
  readonly id: number;
  readonly remote: number;
  channel: ApfChannel | undefined;
  /** What we may send, by what the firmware gave. */
  creditGiven: number;
  /** What the firmware may send, by what it was given. */
  creditHeld: number;
  written = 0;
  arrived = 0;
  said = 0;
  read = 0;
  unsentWrites = 0;
  hostCloses = 0;
  closedInAnswer = false;
  firmwareClosed = false;
  ended = false;
  finished = false;
  aborted = false;
  reading = false;
  /** Other bytes were read than the firmware said. */
  isMisread = false;
  error: unknown;

  constructor(id: number, remote: number, firstWindow: number, ownWindow: number) {
    this.id = id;
    this.remote = remote;
    this.creditGiven = firstWindow;
    this.creditHeld = ownWindow;
  }

  /** Reads so many chunks, or until the channel ends. */
  async readOn(chunks: number): Promise<void> {
    if (this.finished || this.channel === undefined || this.reading) return;
    this.reading = true;
    try {
      while (chunks-- > 0) {
        const chunk = await this.channel.read();
        if (chunk === undefined) {
          this.finished = true;
          return;
        }
        const expected = bytesOf(-this.id, this.read, chunk.length);
        if (!chunk.every((byte, i) => byte === expected[i])) this.isMisread = true;
        this.read += chunk.length;
      }
    } catch (error) {
      this.finished = true;
      this.error = error;
    } finally {
      this.reading = false;
    }
  }
}

/** A session and a firmware that keeps to the protocol; what the session does wrong is told in `broken`. */
export class Play {
  readonly firmware = new LmeFirmware(MESSAGE);
  readonly clock = new ManualClock();
  readonly session: ApfSession;
  readonly all: Both[] = [];
  readonly broken: string[] = [];
  readonly #firstWindow: number;
  readonly #opens: number[] = [];
  #remote = 0;

  constructor(firstWindow: number) {
    this.#firstWindow = firstWindow;
    this.session = new ApfSession(this.firmware.connection, { clock: this.clock, windowMessages: WINDOW_MESSAGES });
    this.firmware.onMessage = (message) => this.#heard(message);
  }

  get opened(): Both[] {
    return this.all.filter(({ channel }) => channel !== undefined);
  }

  async step({ what, channel, amount }: Step): Promise<void> {
    const both = this.opened[channel % Math.max(1, this.opened.length)];
    if (what === "open") return this.open();
    if (what === "confirm") return this.confirm();
    if (what === "time") return await this.clock.advance(amount * 50);
    if (what === "strayClose") return this.firmware.say({ kind: "channelClose", recipient: 10_000 + amount });
    if (both === undefined) return;
    switch (what) {
      case "write":
        return this.write(both, amount);
      case "read":
        return void both.readOn(1 + amount % 4);
      case "data":
        return this.data(both, amount);
      case "credit":
        return this.credit(both, amount);
      case "firmwareClose":
        return this.firmwareClose(both);
      case "shutdown":
        both.ended = true;
        return both.channel!.shutdown();
      case "ending":
        return both.channel!.ending();
      case "orphan":
        return both.channel!.orphan();
      case "close":
        both.ended = true;
        return void both.channel!.close().catch(() => {});
      case "abort":
        both.aborted = true;
        return both.channel!.abort();
    }
  }

  open(): void {
    if (this.all.length + this.#opens.length >= CHANNELS) return;
    this.session.open(16992).then((channel) => {
      this.all.find(({ id }) => id === channel.id)!.channel = channel;
    }, () => {});
  }

  confirm(): void {
    const recipient = this.#opens.shift();
    if (recipient === undefined) return;
    const both = new Both(recipient, this.#remote++, this.#firstWindow, WINDOW_MESSAGES * PAYLOAD);
    this.all.push(both);
    const windowBytes = this.#firstWindow;
    this.firmware.say({ kind: "channelOpenConfirmation", recipient, sender: both.remote, windowBytes });
  }

  write(both: Both, amount: number): void {
    if (both.ended || both.aborted) return;
    const bytes = bytesOf(both.id, both.written, amount);
    both.written += amount;
    both.channel!.write(bytes).catch(() => both.unsentWrites++);
  }

  data(both: Both, amount: number): void {
    const length = Math.min(amount, both.creditHeld, PAYLOAD);
    if (both.firmwareClosed || length === 0) return;
    both.creditHeld -= length;
    const data = bytesOf(-both.id, both.said, length);
    both.said += length;
    this.firmware.say({ kind: "channelData", recipient: both.id, data });
  }

  /** Gives back some of what it was sent. */
  credit(both: Both, amount: number): void {
    const bytesToAdd = Math.min(amount, both.arrived + this.#firstWindow - both.creditGiven + 50);
    if (both.firmwareClosed || bytesToAdd <= 0) return;
    both.creditGiven += bytesToAdd;
    this.firmware.say({ kind: "channelWindowAdjust", recipient: both.id, bytesToAdd });
  }

  firmwareClose(both: Both): void {
    if (both.firmwareClosed) return;
    both.firmwareClosed = true;
    this.firmware.say({ kind: "channelClose", recipient: both.id });
  }

  /** What the firmware gets has to keep all promises; an error here would be taken for the link's. */
  #heard(message: ApfMessage): void {
    if (message.kind === "channelOpen") return void this.#opens.push(message.sender);
    if (!("recipient" in message)) return;
    const both = this.all.find(({ remote }) => remote === message.recipient);
    if (both === undefined) return void this.broken.push(`${message.kind} to nobody`);
    // Credit is returned until the firmware's CLOSE, as Intel LMS and lms8 do.
    const isLate = both.hostCloses > 0 && (message.kind !== "channelWindowAdjust" || both.closedInAnswer);
    if (isLate) this.broken.push(`${message.kind} after CLOSE of ${both.id}`);
    switch (message.kind) {
      case "channelData": {
        const expected = bytesOf(both.id, both.arrived, message.data.length);
        if (!message.data.every((byte, i) => byte === expected[i])) this.broken.push(`other bytes in ${both.id}`);
        both.arrived += message.data.length;
        if (both.arrived > both.creditGiven) this.broken.push(`credit of ${both.id} is negative`);
        if (message.data.length > PAYLOAD || message.data.length === 0) this.broken.push("size of data");
        return;
      }
      case "channelWindowAdjust":
        both.creditHeld += message.bytesToAdd;
        if (both.creditHeld > WINDOW_MESSAGES * PAYLOAD) this.broken.push(`window of ${both.id} has grown`);
        return;
      case "channelClose":
        both.hostCloses++;
        both.closedInAnswer = both.firmwareClosed;
    }
  }
}
