import type { ApfChannel } from "./channel.ts";
import type { ForwardHandlers } from "./global_requests.ts";
import type { OpenRequest } from "./opener.ts";
import type { ApfClock } from "./waiting.ts";

/** A channel that the firmware wants to open to the host. */
export interface IncomingChannel {
  /** Where it shall lead; port 0 for an event that the firmware posts. */
  readonly address: string;
  readonly port: number;
  readonly originatorAddress: string;
  readonly originatorPort: number;
}

/** Limits of a session; times are in ms. */
export interface ApfLimits {
  /** How many whole messages the firmware may send ahead in one channel; 2 or more, and 256 KiB at most. */
  readonly windowMessages: number;
  /** Channels to the firmware at a time; AMT has eight. */
  readonly slots: number;
  /** How many opens may wait for a slot. */
  readonly queueLimit: number;
  /** How long an open waits for a slot. */
  readonly slotMs: number;
  /** How long the firmware may take to answer an open. */
  readonly openMs: number;
  /** After a channel's shutdown: how long nothing comes or goes before it is closed. */
  readonly idleMs: number;
  /** After our CLOSE: how long nothing comes before the firmware's is given up. */
  readonly closeMs: number;
  /** How long the firmware may be silent before we tell our version unasked: lms8 does so at once, Intel LMS never. */
  readonly greetMs: number;
  /** How long one message may take to leave. */
  readonly stallMs: number;
  /** How long a DISCONNECT is given to leave before the connection is closed, which drops what has not left. */
  readonly leaveMs: number;
  /** How long the first forward is waited for. */
  readonly readyMs: number;
}

/** What a session tells, and its limits. A handler that throws ends the session with `unexpected`. */
export interface ApfSessionOptions extends ForwardHandlers, Partial<ApfLimits> {
  /** What takes the channel, or `undefined` to refuse it. Without it all are refused. */
  onIncoming?(request: IncomingChannel): ((channel: ApfChannel) => void) | undefined;
  /** What time limits go by. */
  readonly clock?: ApfClock | undefined;
}

export interface ReadyOptions {
  /** Any of them will do. Default: 16992 and 16993. */
  readonly ports?: readonly number[] | undefined;
  /** Default: `readyMs` of the session. */
  readonly ms?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenOptions extends Partial<Pick<OpenRequest, "address" | "originator" | "onWait">> {
  readonly signal?: AbortSignal | undefined;
}

/** Messages that were passed over, by why. */
export interface Ignored {
  /** Without a byte. */
  empty: number;
  unknownType: number;
  /** About a channel that there is not (any more). */
  unknownChannel: number;
  /** Requests that nobody here serves, datagrams without a handler among them. */
  unservedRequest: number;
  /** Answers to what was not asked. */
  unexpected: number;
}

export interface ApfSessionStats {
  readonly messagesReceived: number;
  readonly messagesSent: number;
  /** Channels that not both sides have closed. */
  readonly channels: number;
  /** Opens that the firmware has not answered. */
  readonly opening: number;
  /** Opens that wait for a slot. */
  readonly waiting: number;
  readonly ignored: Readonly<Ignored>;
}

export const defaultLimits: ApfLimits = {
  windowMessages: 16,
  slots: 8,
  queueLimit: 128,
  slotMs: 60_000,
  openMs: 20_000,
  idleMs: 30_000,
  closeMs: 10_000,
  greetMs: 2000,
  stallMs: 20_000,
  leaveMs: 200,
  readyMs: 10_000,
};

/** AMT's web server, without and with TLS: one of them is always forwarded. */
export const WEB_PORTS: readonly number[] = [16992, 16993];
