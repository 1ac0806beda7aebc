import { decode, encode, fromHex } from "../../core/binary/mod.ts";
import { ApfMessage, type ApfMessageOf } from "../../protocols/apf/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import type { FirmwareConnection, HostEnd } from "../../simulator/connection.ts";
import type { Lme } from "../../simulator/lme/lme.ts";
import type { LmeOptions } from "../../simulator/lme/options.ts";
import type { SimulatedMe } from "../../simulator/me.ts";
import { createSimulator } from "../../simulator/mod.ts";

/** What lms8 and MicroLMS send in a handshake (fixtures/peer-traces, lms8-start). */
export const HOST_VERSION = `c00000000100000000000000fe${"00".repeat(80)}`;
export const PFWD_ACCEPT = "06000000127066776440616d742e696e74656c2e636f6d";
export const SUCCESS_16992 = "5100004260";
export const SUCCESS_623 = "510000026f";

/** A host at the other end of LME, which does what a test tells it; it takes messages at any time. */
export class LmeHost implements HostEnd {
  readonly me: SimulatedMe;
  /** What came and was not looked at. */
  readonly received: ApfMessage[] = [];
  /** How the connection ended, if it did not by this host. */
  ended: "firmware" | "reset" | undefined;
  readonly #connection: FirmwareConnection;
  #waiter: (() => void) | undefined;
  #credits = 0;

  constructor(me: SimulatedMe) {
    this.me = me;
    const connection = me.connect(LME, this);
    if (typeof connection === "string") throw new Error(connection);
    this.#connection = connection;
    connection.allow(Infinity);
    connection.start();
  }

  get lme(): Lme {
    return this.me.lme!;
  }

  /** How many messages the firmware would take now. */
  get credits(): number {
    return this.#credits;
  }

  message(message: Uint8Array): void {
    this.received.push(decode(ApfMessage, message));
    this.#waiter?.();
  }

  credit(): void {
    this.#credits++;
  }

  disconnected(reason: "firmware" | "reset"): void {
    this.ended = reason;
    this.#waiter?.();
  }

  close(): void {
    this.#connection.close();
  }

  /** Sends a message, or its bytes in hex. */
  send(message: ApfMessage | string): void {
    this.#credits--;
    this.#connection.deliver(typeof message === "string" ? fromHex(message) : encode(ApfMessage, message));
  }

  /** The next message of the firmware; rejects when the connection ends before it. */
  async next(): Promise<ApfMessage> {
    while (this.received.length === 0) {
      if (this.ended !== undefined) throw new Error(`connection ended: ${this.ended}`);
      await new Promise<void>((resolve) => this.#waiter = resolve);
    }
    return this.received.shift()!;
  }

  /** The next message, which has to be of this kind. */
  async expect<Kind extends ApfMessage["kind"]>(kind: Kind): Promise<ApfMessageOf<Kind>> {
    const message = await this.next();
    if (message.kind !== kind) throw new Error(`${JSON.stringify(message)} where ${kind} belongs`);
    return message as ApfMessageOf<Kind>;
  }

  /** Nothing comes while everything that can happen by itself does. */
  async expectNothing(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (this.received.length > 0) throw new Error(`${JSON.stringify(this.received[0])} where nothing belongs`);
  }

  /** Answers all forwards of the start. */
  async shakeHands(forwards: readonly number[] = [16992, 623]): Promise<this> {
    await this.expect("protocolVersion");
    this.send(HOST_VERSION);
    await this.expect("serviceRequest");
    this.send(PFWD_ACCEPT);
    for (const port of forwards) {
      await this.expect("globalRequest");
      this.send({ kind: "requestSuccess", port });
    }
    await this.lme.ready();
    return this;
  }

  ask({ sender = 1, port = 16992, windowBytes = 4096, type = "forwarded-tcpip" } = {}): void {
    const ends = { address: "::1", port, originatorAddress: "::1", originatorPort: 36_012 };
    this.send({ kind: "channelOpen", type, sender, windowBytes, ...ends });
  }

  /** Opens a channel, and answers its two numbers and the firmware's window. */
  async open(options: { readonly sender?: number; readonly port?: number; readonly windowBytes?: number } = {}) {
    this.ask(options);
    const { recipient, sender, windowBytes } = await this.expect("channelOpenConfirmation");
    return { own: recipient, firmware: sender, windowBytes };
  }

  data(recipient: number, data: Uint8Array | string): void {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    this.send({ kind: "channelData", recipient, data: bytes });
  }

  adjust(recipient: number, bytesToAdd: number): void {
    this.send({ kind: "channelWindowAdjust", recipient, bytesToAdd });
  }

  closeChannel(recipient: number): void {
    this.send({ kind: "channelClose", recipient });
  }
}

/** A host that has shaken hands with a new machine. */
export async function connectedHost(lme: LmeOptions = {}, profile = "activated"): Promise<LmeHost> {
  const host = new LmeHost(createSimulator(profile, { lme }).me);
  return await host.shakeHands(lme.forwards);
}
