import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ApfChannel, type ApfMessage, ApfSession } from "../../protocols/apf/mod.ts";
import { ManualClock } from "../fakes/clock.ts";
import { FORWARD_16992, LmeFirmware, PFWD, settled, VERSION } from "./lme_firmware.ts";

/** Small windows and messages, so that few bytes meet every limit. */
const MESSAGE = 109;
const PAYLOAD = MESSAGE - 9;
const WINDOW_MESSAGES = 3;
const CHANNELS = 3;
/** At all, one after another. */
const CHANNELS_IN_A_RUN = 6;

/** One step of either side; `channel` is one of those that were opened, `amount` bytes or part of what there is. */
const step = fc.record({
  what: fc.constantFrom(
    ...(["write", "read", "data", "credit"] as const).flatMap((often) => Array<typeof often>(8).fill(often)),
    ...["open", "confirm", "shutdown", "close", "abort", "firmwareClose", "strayClose", "time"] as const,
  ),
  channel: fc.nat(7),
  amount: fc.nat(400),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** How it ends: all channels are brought to their end, or the firmware restarts. */
const run = fc.record({
  steps: fc.array(step, { minLength: 10, maxLength: 120 }),
  /** Channels that are open at the start; more can follow. */
  channels: fc.integer({ min: 1, max: CHANNELS }),
  firstWindow: fc.constantFrom(0, 1, 50, 100, 101, 1000),
  ending: fc.constantFrom("complete", "complete", "reset"),
});

/** Byte `at` of a stream. */
function byteAt(at: number, stream: number): number {
  return (at * 7 + (at >> 8) + stream * 31) & 0xff;
}

function bytesOf(stream: number, from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => byteAt(from + i, stream));
}

/** What is known of one channel at both ends. */
class Both {
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
  error: unknown;

  constructor(id: number, remote: number, firstWindow: number, ownWindow: number) {
    this.id = id;
    this.remote = remote;
    this.creditGiven = firstWindow;
    this.creditHeld = ownWindow;
  }

  /** Reads until the channel ends. */
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
        expect(chunk).toEqual(bytesOf(-this.id, this.read, chunk.length));
        this.read += chunk.length;
      }
    } catch (error) {
      this.finished = true;
      this.error = error;
    } finally {
      this.reading = false;
    }
  }
  reading = false;
}

class Play {
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

  get waiting(): Both[] {
    return this.all.filter(({ channel }) => channel !== undefined);
  }

  async step({ what, channel, amount }: Step): Promise<void> {
    const both = this.waiting[channel % Math.max(1, this.waiting.length)];
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
      case "close":
        both.ended = true;
        return void both.channel!.close().catch(() => {});
      case "abort":
        both.aborted = true;
        return both.channel!.abort();
    }
  }

  open(): void {
    if (this.all.length + this.#opens.length >= CHANNELS_IN_A_RUN) return;
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

describe("ApfSession, whatever happens in whatever order", () => {
  it("keeps credit, bytes and closes right", async () => {
    const seen = { completed: 0, clean: 0, read: 0, sent: 0, resets: 0 };
    await fc.assert(
      fc.asyncProperty(run, async ({ steps, channels, firstWindow, ending }) => {
        const play = new Play(firstWindow);
        const { firmware, session } = play;
        firmware.say(VERSION, PFWD, FORWARD_16992);
        await turns(50);
        for (let i = 0; i < channels; i++) {
          play.open();
          await turns(50);
          play.confirm();
          await turns(50);
        }
        for (const each of steps) {
          await play.step(each);
          await turns(each.amount % 12);
        }
        await turns(50);
        if (ending === "reset") await resetIn(play);
        else await complete(play);
        // Whatever is confirmed too late is closed at once.
        if (ending === "complete") expect(play.all.every(({ hostCloses }) => hostCloses === 1)).toBe(true);
        expect(play.broken).toEqual([]);
        for (const both of play.waiting) {
          seen.read += both.read;
          seen.sent += both.arrived;
          if (ending === "reset") continue;
          seen.completed++;
          if (both.error === undefined) seen.clean++;
          expect(both.hostCloses).toBe(1);
          if (both.error === undefined) expect(both.read).toBe(both.said);
          if (both.unsentWrites === 0) expect(both.arrived).toBe(both.written);
        }
        if (ending === "reset") seen.resets++;
        await session[Symbol.asyncDispose]();
        expect(session.stats()).toMatchObject({ channels: 0, opening: 0, waiting: 0 });
        expect(play.clock.sleepers).toBe(0);
      }),
      { numRuns: 300 },
    );

    expect(seen.completed).toBeGreaterThan(300);
    expect(seen.clean).toBeGreaterThan(150);
    expect(seen.resets).toBeGreaterThan(30);
    expect(seen.read).toBeGreaterThan(30_000);
    expect(seen.sent).toBeGreaterThan(30_000);
  });
});

/** Both sides come to their end in good order. */
async function complete(play: Play): Promise<void> {
  for (const both of play.waiting) {
    play.credit(both, 1_000_000);
    void both.readOn(Infinity);
    void both.channel!.close().catch(() => {});
  }
  for (let i = 0; i < 30 && play.waiting.some(({ hostCloses }) => hostCloses === 0); i++) {
    await turns(10);
    for (const both of play.waiting) {
      both.creditGiven += 1000;
      if (!both.firmwareClosed) {
        play.firmware.say({ kind: "channelWindowAdjust", recipient: both.id, bytesToAdd: 1000 });
      }
    }
  }
  await turns(100);
  for (const both of play.waiting) play.firmwareClose(both);
  await turns(100);
  await settled();
  for (const both of play.waiting) {
    await until(() => !both.reading);
    await both.readOn(Infinity);
    expect(both.finished).toBe(true);
    const code = (both.error as { code?: string } | undefined)?.code;
    expect([undefined, ...(both.aborted ? ["mei.closed"] : []), "timeout"]).toContain(code);
  }
}

/** The firmware restarts: whoever reads is told, after all that came before. */
async function resetIn(play: Play): Promise<void> {
  const open = play.waiting.filter((both) => !both.firmwareClosed && !both.aborted && !both.finished);
  play.firmware.reset();
  await play.session.ended;
  for (const both of open) {
    await until(() => !both.reading);
    await both.readOn(Infinity);
    expect(both.finished).toBe(true);
    expect(["mei.reset", "timeout"]).toContain((both.error as { code?: string } | undefined)?.code);
    expect(both.read).toBeLessThanOrEqual(both.said);
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !isSo(); i++) await turns(10);
  expect(isSo()).toBe(true);
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
