import type { HostChannel } from "./host_channel.ts";
import type { ApfClock } from "./waiting.ts";

/** What a channel has of its session. */
export interface ChannelLink {
  readonly clock: ApfClock;
  /** Most bytes of one CHANNEL_DATA. */
  readonly payloadBytes: number;
  /** Whole messages that the firmware may send ahead, and the bytes of each. */
  readonly windowMessages: number;
  readonly windowUnit: number;
  /** After a shutdown: how long nothing comes or goes before the channel is closed, in ms. */
  readonly idleMs: number;
  /** After our CLOSE: how long nothing comes before the firmware's CLOSE is given up, in ms. */
  readonly closeMs: number;
  /** Another connection waits for a slot. */
  isPressed(): boolean;
  /** The channel has something to send. */
  wake(channel: HostChannel): void;
  /** What the firmware still sends to its number is for nobody. */
  deaf(channel: HostChannel): void;
  /** Both sides have closed it, or it was given up. */
  gone(channel: HostChannel): void;
}

export interface ChannelEnds {
  readonly openedBy: "host" | "firmware";
  /** Our number for it. */
  readonly id: number;
  /** The firmware's number for it. */
  readonly remote: number;
  readonly port: number;
  /** What the firmware takes at first. */
  readonly sendWindowBytes: number;
}
