import { CodecError, decode, encode } from "../../core/binary/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import type { ClientLink, ClientSession } from "../firmware_client.ts";
import { ChannelTable } from "./channel_table.ts";
import { DirectChannels } from "./direct.ts";
import { ForwardedChannels } from "./forwarded.ts";
import { Handshake } from "./handshake.ts";
import type { SessionSurroundings, Wire } from "./surroundings.ts";

const PROTOCOL_ERROR = 2;

/** One connection to LME: the firmware's side of APF. What the host does wrong ends it by DISCONNECT. */
export class LmeSession implements ClientSession, Wire {
  readonly handshake: Handshake;
  readonly direct: DirectChannels;
  readonly #link: ClientLink;
  readonly #around: SessionSurroundings;
  readonly #channels: ChannelTable;
  readonly #forwarded: ForwardedChannels;
  readonly #keepalives = new Map<number, () => void>();
  readonly #end = new AbortController();

  constructor(link: ClientLink, around: SessionSurroundings) {
    this.#link = link;
    this.#around = around;
    this.#channels = new ChannelTable(around, this);
    this.handshake = new Handshake(around.facts, (message) => this.send(message), around.ready);
    this.direct = new DirectChannels(around, this, this.#channels);
    this.#forwarded = new ForwardedChannels(around, this, this.#channels, (port) => this.handshake.active.has(port));
  }

  /** Speaks first. */
  start(): void {
    const { staleClose, facts: { uuid } } = this.#around;
    if (staleClose) this.send({ kind: "channelClose", recipient: 0 });
    this.send({ kind: "protocolVersion", major: 1, minor: 0, triggerReason: "lmeRequest", uuid });
  }

  /** Slots of the host's channels that are in use. */
  get slotsInUse(): number {
    return this.#forwarded.slotsInUse;
  }

  message(bytes: Uint8Array): void {
    if (this.#isOver || this.#around.faults.silent) return;
    try {
      const wrong = this.#take(decode(ApfMessage, bytes));
      if (wrong !== undefined) this.#protocolError(wrong);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#protocolError(`message of type ${bytes[0]}: ${error.path} ${error.message}`);
    }
  }

  close(): void {
    if (this.#isOver) return;
    this.#end.abort();
    this.#channels.end();
    this.direct.end();
    this.#around.ended();
  }

  send(message: ApfMessage): void {
    this.sendRaw(encode(ApfMessage, message));
  }

  /** Any bytes as a message. */
  sendRaw(message: Uint8Array): void {
    if (!this.#isOver && !this.#around.faults.silent) this.#link.send(message);
  }

  sleep(ms: number): Promise<void> {
    return this.#around.clock.sleep(ms, this.#end.signal, "simulated LME").catch(() => {});
  }

  /** Ends the session as APF does. The connection is left to the host, and nothing that comes on it counts. */
  disconnect(reason: number): void {
    this.send({ kind: "disconnect", reason });
    this.close();
  }

  /** Ends the connection. */
  hangUp(): void {
    this.#link.disconnect();
  }

  /** Resolves when the host answered. */
  keepAlive(cookie: number): Promise<void> {
    this.send({ kind: "keepaliveRequest", cookie });
    return new Promise((resolve) => void this.#keepalives.set(cookie, resolve));
  }

  get #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  /** Tells what is wrong with a message, if anything is. */
  #take(message: ApfMessage): string | undefined {
    switch (message.kind) {
      case "channelData":
        return this.#channels.to(message.recipient, (channel) => channel.data(message.data));
      case "channelWindowAdjust":
        return this.#channels.to(message.recipient, (channel) => channel.adjust(message.bytesToAdd));
      case "channelClose":
        return this.#channels.to(message.recipient, (channel) => channel.closedByHost(this.#dropsAfterClose));
      case "channelOpen":
        return this.#forwarded.open(message);
      case "channelOpenConfirmation":
        return this.direct.confirmed(message);
      case "channelOpenFailure":
        return this.direct.failed(message);
      case "protocolVersion":
        return this.handshake.version(message);
      case "serviceAccept":
        return this.handshake.accepted(message.service);
      case "requestSuccess":
      case "requestFailure":
        return this.handshake.answered(message);
      default:
        this.#other(message);
        return undefined;
    }
  }

  /** Messages in which nothing can be wrong. */
  #other(message: ApfMessage): void {
    switch (message.kind) {
      case "keepaliveRequest":
        return this.send({ ...message, kind: "keepaliveReply" });
      case "keepaliveOptionsRequest":
        return this.send({ ...message, kind: "keepaliveOptionsReply" });
      case "keepaliveReply":
        return this.#keepalives.get(message.cookie)?.();
      case "disconnect":
        return this.close();
      case "userauthSuccess":
      case "userauthFailure":
        return;
      default:
        return this.#around.ignored();
    }
  }

  get #dropsAfterClose(): boolean {
    return this.#around.faults.dropsAfterClose === true;
  }

  #protocolError(what: string): void {
    this.#around.protocolError(what);
    this.disconnect(PROTOCOL_ERROR);
  }
}
