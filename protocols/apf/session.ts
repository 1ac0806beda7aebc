import { encode } from "../../core/binary/mod.ts";
import { delay } from "../../core/delay.ts";
import { AmtError } from "../../core/errors/mod.ts";
import type { MeiConnection } from "../../transport/mei.ts";
import type { ApfChannel } from "./channel.ts";
import { Channels } from "./channels.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Forward, Forwards } from "./forwards.ts";
import { GlobalRequests } from "./global_requests.ts";
import { Handshake } from "./handshake.ts";
import { Incoming } from "./incoming.ts";
import { DATA_HEAD } from "./limits.ts";
import { ApfMessage } from "./messages.ts";
import { Opener } from "./opener.ts";
import { SessionEnd, sessionEnd } from "./session_end.ts";
import {
  type ApfLimits,
  type ApfSessionOptions,
  type ApfSessionStats,
  defaultLimits,
  type OpenOptions,
  type ReadyOptions,
  WEB_PORTS,
} from "./session_options.ts";
import { Slots } from "./slots.ts";
import { type ApfClock, Lifetime } from "./waiting.ts";
import { MessageWriter } from "./writer.ts";

/** What our PROTOCOLVERSION needs. */
const SHORTEST_MESSAGES = 93;

/**
 * The host's side of APF over a connection to the client LME, which it owns from now on: one message of the MEI is one
 * message of APF. It ends with the connection, with a protocol error, when the firmware says DISCONNECT, or by
 * disposal, which sends nothing: the firmware frees its channels when the connection is closed.
 */
export class ApfSession implements AsyncDisposable {
  /** Why it ended; resolves when the connection is closed. */
  readonly ended: Promise<AmtError>;
  readonly #connection: MeiConnection;
  readonly #clock: ApfClock;
  readonly #limits: ApfLimits;
  readonly #writer: MessageWriter;
  readonly #forwards: Forwards;
  readonly #handshake: Handshake;
  readonly #channels: Channels;
  readonly #slots: Slots;
  readonly #opener: Opener;
  readonly #dispatcher: Dispatcher;
  readonly #lifetime = new Lifetime();
  #settleEnded!: (error: AmtError) => void;
  #received = 0;

  constructor(connection: MeiConnection, options: ApfSessionOptions = {}) {
    const { clock = { sleep: delay, monotonic: () => performance.now() } } = options;
    const limits = this.#limits = { ...defaultLimits, ...options };
    const { windowMessages, slots: count, queueLimit, slotMs, openMs, idleMs, closeMs } = limits;
    this.ended = new Promise((resolve) => this.#settleEnded = resolve);
    this.#connection = connection;
    this.#clock = clock;
    const writer = this.#writer = new MessageWriter(connection, (error) => this.#finish(sessionEnd(error)));
    const send = (message: ApfMessage) => writer.send(message);
    const slots = this.#slots = new Slots({ clock, count, queueLimit, waitMs: slotMs });
    const channels = this.#channels = new Channels({
      clock,
      payloadBytes: connection.maxMessageLength - DATA_HEAD,
      windowMessages,
      idleMs,
      closeMs,
      isPressed: () => slots.waiting > 0,
      wake: (source) => writer.wake(source),
    });
    const opener = this.#opener = new Opener({
      clock,
      slots,
      channels,
      openMs,
      slotMs,
      lifetime: this.#lifetime,
      send,
    });
    const handshake = this.#handshake = new Handshake(send);
    this.#forwards = new Forwards(clock);
    const requests = new GlobalRequests(this.#forwards, {
      handlers: options,
      send,
      failed: (thrown) => this.#finish(sessionEnd(thrown)),
    });
    const incoming = new Incoming(channels, options.onIncoming, send);
    this.#dispatcher = new Dispatcher({ handshake, requests, channels, opener, incoming, send });
    this.#start();
  }

  /** Nothing can be opened any more, though the connection may take a while to close. */
  get isOver(): boolean {
    return this.#lifetime.isOver;
  }

  /** The ports that the firmware forwards now. */
  get forwards(): readonly Forward[] {
    return this.#forwards.list;
  }

  /** Resolves when the firmware forwards one of the ports; never waits for all. Rejects with `timeout`. */
  async ready({ ports = WEB_PORTS, ms = this.#limits.readyMs, signal }: ReadyOptions = {}): Promise<Forward> {
    using wait = this.#lifetime.wait(signal);
    return await this.#forwards.first(ports, ms, wait.signal);
  }

  /**
   * Opens a channel to a port of the firmware; waits for the first forward, and for a slot. Rejects with `net.connect`
   * and the firmware's reason, with `timeout` when it does not answer or all channels stay in use, with `mei.busy` when
   * too many wait, and with what the session ended with.
   */
  async open(port: number, options: OpenOptions = {}): Promise<ApfChannel> {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new AmtError("usage", `${port} is no port`);
    const { address = "127.0.0.1", originator = { address, port }, onWait = () => {} } = options;
    using wait = this.#lifetime.wait(options.signal);
    const { signal } = wait;
    if (!this.#forwards.hadAny) await this.ready({ ports: [port, ...WEB_PORTS], signal });
    return await this.#opener.open({ port, address, originator, signal, onWait });
  }

  stats(): ApfSessionStats {
    return {
      messagesReceived: this.#received,
      messagesSent: this.#writer.sent,
      channels: this.#channels.size,
      opening: this.#opener.pending,
      waiting: this.#slots.waiting,
      ignored: { ...this.#dispatcher.ignored },
    };
  }

  /** Ends all channels with `error`, and closes the connection. */
  async end(error: AmtError): Promise<void> {
    this.#finish(new SessionEnd(error));
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end(new AmtError("mei.closed", "LME: the session was ended by this program"));
  }

  #start(): void {
    const { maxMessageLength } = this.#connection;
    if (maxMessageLength < SHORTEST_MESSAGES) {
      const detail = `messages of ${maxMessageLength} bytes are too short`;
      return this.#finish(new SessionEnd(new AmtError("firmware.protocol", `LME: ${detail}`)));
    }
    void this.#speakFirst();
    void this.#receiveAll();
    void this.#watchWriter();
  }

  async #speakFirst(): Promise<void> {
    await this.#sleep(this.#limits.greetMs);
    if (!this.#lifetime.isOver) this.#handshake.speakFirst();
  }

  async #receiveAll(): Promise<void> {
    try {
      while (!this.#lifetime.isOver) {
        const message = await this.#connection.receive();
        this.#received++;
        this.#dispatcher.take(message);
      }
    } catch (thrown) {
      this.#finish(sessionEnd(thrown));
    }
  }

  /** Ends the session when a message does not leave. */
  async #watchWriter(): Promise<void> {
    const { stallMs } = this.#limits;
    const writer = this.#writer;
    for (let seen = -1; !this.#lifetime.isOver;) {
      const isSame = writer.isSending && writer.sent === seen;
      if (isSame) return this.#finish(new SessionEnd(new AmtError("timeout", "LME: the firmware takes no messages")));
      seen = writer.isSending ? writer.sent : -1;
      await this.#sleep(stallMs);
    }
  }

  /** Resolves after `ms`, or at the end of the session. */
  async #sleep(ms: number): Promise<void> {
    using wait = this.#lifetime.wait();
    await this.#clock.sleep(ms, wait.signal, "LME").catch(() => {});
  }

  #finish({ error, farewell }: SessionEnd): void {
    if (this.#lifetime.isOver) return;
    this.#lifetime.end(error);
    this.#channels.fail(error);
    void this.#leave(error, farewell);
  }

  async #leave(error: AmtError, farewell: number | undefined): Promise<void> {
    const stopped = this.#writer.stop();
    if (farewell !== undefined) await this.#sayFarewell(stopped, farewell);
    // Whatever closing it says, it is over.
    await Promise.resolve(this.#connection[Symbol.asyncDispose]()).catch(() => {});
    this.#settleEnded(error);
  }

  /** DISCONNECT, and time for it to leave: until the firmware ends the connection, or no longer than `leaveMs`. */
  async #sayFarewell(stopped: Promise<void>, reason: number): Promise<void> {
    const left = new AbortController();
    const said = stopped.then(async () => {
      await this.#connection.send(encode(ApfMessage, { kind: "disconnect", reason }));
      while (!left.signal.aborted) await this.#connection.receive();
    });
    const late = this.#clock.sleep(this.#limits.leaveMs, left.signal, "LME");
    await Promise.race([said, late]).catch(() => {});
    left.abort();
    said.catch(() => {});
    late.catch(() => {});
  }
}
