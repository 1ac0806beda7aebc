import { decode, encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { abortError, AmtError } from "../../core/errors/mod.ts";
import {
  type ApfChannel,
  ApfMessage,
  type ApfMessageOf,
  ApfSession,
  type ApfSessionOptions,
} from "../../protocols/apf/mod.ts";
import type { MeiConnection, WaitOptions } from "../../transport/mei.ts";
import { ManualClock } from "../fakes/clock.ts";

/** As the simulated firmware of the traces says it; lms8 and MicroLMS answer it. */
export const VERSION = "c00000000100000000000000fe44454c4c4d00104d8050b2c04f325133" + "00".repeat(64);
export const PFWD = "05000000127066776440616d742e696e74656c2e636f6d";
export const FORWARD_16992 = "500000000d74637069702d666f72776172640100000010616d74312e6578616d706c652e636f6d00004260";

/** The firmware's end of a connection to LME, played by a test: it says what it is told to, and keeps what comes. */
export class LmeFirmware {
  readonly connection: MeiConnection;
  /** All that the host sent. */
  readonly heard: ApfMessage[] = [];
  /** Called with each message of the host. */
  onMessage: ((message: ApfMessage) => void) | undefined;
  #read = 0;
  #toHost: Uint8Array[] = [];
  #end: AmtError | undefined;
  #taking = true;
  #changed: (() => void)[] = [];

  constructor(maxMessageLength = 4096) {
    this.connection = {
      maxMessageLength,
      protocolVersion: 4,
      send: (message, options) => this.#take(message, options),
      receive: (options) => this.#give(options),
      [Symbol.asyncDispose]: () => Promise.resolve(this.#over("mei.closed")),
    };
  }

  /** The host closed the connection. */
  get isClosed(): boolean {
    return this.#end?.code === "mei.closed";
  }

  /** Says something: a message, or the bytes of one in hex. */
  say(...messages: readonly (ApfMessage | string)[]): void {
    for (const message of messages) {
      this.#toHost.push(typeof message === "string" ? fromHex(message) : encode(ApfMessage, message));
    }
    this.#notify();
  }

  /** Versions, service and the forward of 16992, and what the host answers. */
  async greet(): Promise<void> {
    this.say(VERSION, PFWD, FORWARD_16992);
    await this.hear("protocolVersion");
    await this.hear("serviceAccept");
    await this.hear("requestSuccess");
  }

  /** The next message of the host, which is of this kind. */
  async hear<Kind extends ApfMessage["kind"]>(kind: Kind): Promise<ApfMessageOf<Kind>> {
    while (this.#read === this.heard.length) {
      if (this.#end !== undefined) throw this.#end;
      await this.#change();
    }
    const message = this.heard[this.#read++]!;
    if (message.kind !== kind) throw new Error(`${kind} expected, not ${JSON.stringify(message)}`);
    return message as ApfMessageOf<Kind>;
  }

  /** Messages of the host that no test asked for. */
  unheard(): ApfMessage[] {
    return this.heard.slice(this.#read);
  }

  /** All that the host sent of one kind. */
  all<Kind extends ApfMessage["kind"]>(kind: Kind): ApfMessageOf<Kind>[] {
    return this.heard.filter((message): message is ApfMessageOf<Kind> => message.kind === kind);
  }

  /** Takes no more messages, or takes them again. */
  take(taking: boolean): void {
    this.#taking = taking;
    this.#notify();
  }

  /** The firmware restarts. */
  reset(): void {
    this.#over("mei.reset");
  }

  async #take(message: Uint8Array, { signal }: WaitOptions = {}): Promise<void> {
    if (message.length > this.connection.maxMessageLength) throw new Error(`a message of ${message.length} bytes`);
    while (!this.#taking && this.#end === undefined) await this.#change(signal);
    if (this.#end !== undefined) throw this.#end;
    const heard = decode(ApfMessage, message.slice());
    if (toHex(encode(ApfMessage, heard)) !== toHex(message)) throw new Error(`no APF: ${toHex(message)}`);
    this.heard.push(heard);
    this.onMessage?.(heard);
    this.#notify();
  }

  async #give({ signal }: WaitOptions = {}): Promise<Uint8Array> {
    while (this.#toHost.length === 0) {
      if (this.#end !== undefined) throw this.#end;
      await this.#change(signal);
    }
    if (this.isClosed) throw this.#end;
    return this.#toHost.shift()!;
  }

  #over(code: "mei.reset" | "mei.closed"): void {
    this.#end ??= new AmtError(code, `LME: ${code}`);
    this.#notify();
  }

  #notify(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const each of changed) each();
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#changed.push(resolve);
      signal?.addEventListener("abort", () => reject(abortError(signal, "LME")), { once: true });
    });
  }
}

/** A session that the firmware has greeted, by a clock that a test turns. */
export async function greeted(options: ApfSessionOptions = {}, maxMessageLength = 4096) {
  const firmware = new LmeFirmware(maxMessageLength);
  const clock = new ManualClock();
  const session = new ApfSession(firmware.connection, { clock, ...options });
  await firmware.greet();
  return { firmware, clock, session };
}

/** A channel to port 16992; the firmware's number for it is `remote`. */
export async function opened(
  { firmware, session }: { firmware: LmeFirmware; session: ApfSession },
  { remote = 0, windowBytes = 4096 } = {},
): Promise<ApfChannel> {
  const opening = session.open(16992);
  const { sender } = await firmware.hear("channelOpen");
  firmware.say({ kind: "channelOpenConfirmation", recipient: sender, sender: remote, windowBytes });
  return await opening;
}

/** Channels in all slots; the firmware's numbers are 0 to 7. */
export async function openEight(both: { firmware: LmeFirmware; session: ApfSession }): Promise<ApfChannel[]> {
  const channels: ApfChannel[] = [];
  for (let remote = 0; remote < 8; remote++) channels.push(await opened(both, { remote }));
  return channels;
}

/** A promise that may reject before anyone looks. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Bytes that tell where they belong. */
export function pattern(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i) * 7 + ((from + i) >> 8));
}

/** All that `channel` still gives, until it ends. */
export async function drained(channel: ApfChannel): Promise<Uint8Array> {
  const chunks: number[] = [];
  for (let chunk = await channel.read(); chunk !== undefined; chunk = await channel.read()) chunks.push(...chunk);
  return Uint8Array.from(chunks);
}

/** All microtasks and messages that are due. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
