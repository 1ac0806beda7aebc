import { CodecError } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import type { ChannelEnds, ChannelLink } from "./channel_link.ts";
import { HostChannel } from "./host_channel.ts";
import type { ApfMessageOf } from "./messages.ts";
import { windowOf } from "./windows.ts";
import type { Source } from "./writer.ts";

export interface ChannelsOptions
  extends Pick<ChannelLink, "clock" | "payloadBytes" | "windowMessages" | "idleMs" | "closeMs"> {
  isPressed(): boolean;
  wake(source: Source): void;
}

/** The channels of a session by our numbers. A message about a number that none has is for nobody: `false`. */
export class Channels {
  readonly #link: ChannelLink;
  /** Those that the firmware still names. */
  readonly #heard = new Map<number, HostChannel>();
  /** What is done when one is gone. */
  readonly #open = new Map<HostChannel, () => void>();
  #lastId = 0;

  constructor(options: ChannelsOptions) {
    this.#link = {
      ...options,
      ...windowOf(options.windowMessages, options.payloadBytes),
      isPressed: () => options.isPressed(),
      wake: (channel) => options.wake(channel),
      deaf: (channel) => this.#heard.delete(channel.id),
      gone: (channel) => {
        const gone = this.#open.get(channel);
        this.#open.delete(channel);
        gone?.();
      },
    };
  }

  /** Channels that not both sides have closed. */
  get size(): number {
    return this.#open.size;
  }

  /** What each channel lets the firmware send ahead. */
  get windowBytes(): number {
    return this.#link.windowMessages * this.#link.windowUnit;
  }

  /** A number that was not used for long; 0 is none of ours, since the firmware sends stray CLOSE to it. */
  nextId(): number {
    do this.#lastId = this.#lastId % 0x7fff_ffff + 1; while (this.#heard.has(this.#lastId));
    return this.#lastId;
  }

  /** A channel that is open from now on; `gone` is called once when it no longer is. */
  add(ends: ChannelEnds, gone: () => void): HostChannel {
    const channel = new HostChannel(this.#link, ends);
    this.#heard.set(channel.id, channel);
    this.#open.set(channel, gone);
    return channel;
  }

  /**
   * The firmware gives this number to a channel that we opened. One that had it before and that we have closed is over
   * then, though the firmware did not say so; `false` when it is still open.
   */
  makeRoom(remote: number): boolean {
    for (const channel of this.#heard.values()) {
      if (channel.openedBy === "firmware" || channel.remote !== remote) continue;
      if (!channel.isClosing) return false;
      const detail = `the firmware gave its number ${remote} away without closing it`;
      channel.fail(new AmtError("firmware.protocol", `APF channel ${channel.id} to port ${channel.port}: ${detail}`));
    }
    return true;
  }

  data({ recipient, data }: ApfMessageOf<"channelData">): boolean {
    const channel = this.#heard.get(recipient);
    if (channel === undefined) return false;
    if (channel.arrived(data)) return true;
    const { receiveWindowBytes } = channel.stats();
    const detail = `${data.length} bytes, and the window has ${receiveWindowBytes}`;
    throw new CodecError("value", detail, 5, "<channelData>.data");
  }

  windowAdjust({ recipient, bytesToAdd }: ApfMessageOf<"channelWindowAdjust">): boolean {
    const channel = this.#heard.get(recipient);
    if (channel === undefined) return false;
    if (channel.credited(bytesToAdd)) return true;
    const { sendWindowBytes } = channel.stats();
    const detail = `${bytesToAdd} on top of ${sendWindowBytes} does not fit 32 bits`;
    throw new CodecError("value", detail, 5, "<channelWindowAdjust>.bytesToAdd");
  }

  close({ recipient }: ApfMessageOf<"channelClose">): boolean {
    const channel = this.#heard.get(recipient);
    channel?.closedByFirmware();
    return channel !== undefined;
  }

  /** Ends them all with `error`. */
  fail(error: AmtError): void {
    for (const channel of [...this.#open.keys()]) channel.fail(error);
  }
}
