import type { Service } from "./service.ts";

/** How the firmware gives credit to the host. */
export interface Credit {
  /** The window of each channel, in bytes. */
  readonly windowBytes: number;
  /** Credit is given back whenever so many bytes were taken … */
  readonly everyBytes: number;
  /** … and so many at most in one message. */
  readonly mostBytes: number;
  /** So many messages may wait for the host while the firmware takes its next one. */
  readonly answersWaiting: number;
  /** All forwards are asked for at once, not each after the answer to the one before. */
  readonly forwardsAtOnce: boolean;
  /** Bytes of one message; the profile's when left out. */
  readonly maxMessageLength?: number;
}

/**
 * `realistic` is what simulated firmware gave when unmodified peers ran against it; `bench` lets the link be the
 * limit; `adversarial` gives 499 bytes at a time, the step seen in the field (MeshCentral's issue 2867).
 */
export const credits = {
  realistic: { windowBytes: 4096, everyBytes: 1, mostBytes: Infinity, answersWaiting: 0, forwardsAtOnce: false },
  bench: {
    windowBytes: 16 * 1024,
    everyBytes: 8 * 1024,
    mostBytes: Infinity,
    answersWaiting: 64,
    forwardsAtOnce: false,
    maxMessageLength: 4096,
  },
  adversarial: { windowBytes: 499, everyBytes: 499, mostBytes: 499, answersWaiting: 0, forwardsAtOnce: true },
} as const satisfies Record<string, Credit>;

export interface LmeOptions {
  /** Default `realistic`. */
  readonly credit?: keyof typeof credits | Credit;
  /** Ports that the host is asked to forward. Default: the profile's. */
  readonly forwards?: readonly number[];
  /** What is behind ports, beside or instead of the profile's own. */
  readonly services?: Readonly<Record<number, Service>>;
  /** It asks for the service auth@amt.intel.com first. */
  readonly auth?: boolean;
  readonly faults?: LmeFaults;
}

/** What goes wrong on LME from the moment it is set. */
export interface LmeFaults {
  /** It takes every message and sends none. */
  silent?: boolean;
  /** So long it takes over each DATA, in either direction. */
  slowMs?: number;
  /** So many bytes it sends beyond the host's first window, on each channel. */
  greedyBytes?: number;
  /** So many of the host's opens are refused with reason 1, as in a race with re-registered forwards. */
  refusedOpens?: number;
  /** So late its CONFIRMATION comes. */
  confirmationMs?: number;
  /** The host's opens are never answered. */
  unansweredOpens?: boolean;
  /** What it still had to send is dropped at the host's CLOSE. Else that goes as far as the host's credit reaches. */
  dropsAfterClose?: boolean;
  /** It sends each CLOSE twice. */
  doubleClose?: boolean;
  /** After a reset the new session begins with a CLOSE of channel 0. */
  staleClose?: boolean;
  /** Once so many bytes of data have passed from now on, both directions together, that happens, once. */
  after?: {
    readonly bytes: number;
    /** The firmware restarts, sends DISCONNECT, or ends the connection. */
    readonly then: "reset" | "disconnect" | "hangUp";
  };
}
