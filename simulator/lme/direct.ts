import type { ApfMessageOf } from "../../protocols/apf/mod.ts";
import type { LmeChannel } from "./channel.ts";
import type { ChannelTable } from "./channel_table.ts";
import { StreamGone } from "./service.ts";
import type { SessionSurroundings, Wire } from "./surroundings.ts";

/** Where the firmware wants a channel to; port 0 is the host's own end for events. */
export interface DirectTarget {
  readonly address: string;
  readonly port: number;
}

/**
 * What became of a channel that the firmware opened: `closed` by the host, `cut` by it before all was sent, `lost` with
 * the session, or `refused` with this reason.
 */
export type DirectOutcome = "closed" | "cut" | "lost" | { readonly refused: number };

/** The channel, or the reason of the host's OPEN_FAILURE. */
type Opened = LmeChannel | number;

interface Opening {
  resolve(opened: Opened): void;
  reject(reason: StreamGone): void;
}

/** Numbers are counted from here, away from those of the host's channels, and given once. */
const FIRST = 20;

/** The channels that the firmware opens to the host. */
export class DirectChannels {
  readonly #around: SessionSurroundings;
  readonly #wire: Wire;
  readonly #table: ChannelTable;
  /** Those without an answer so far, by the firmware's number. */
  readonly #openings = new Map<number, Opening>();
  #next = FIRST;
  #isOver = false;

  constructor(around: SessionSurroundings, wire: Wire, table: ChannelTable) {
    this.#around = around;
    this.#wire = wire;
    this.#table = table;
  }

  /** Opens a channel, sends `data`, and waits for the host's CLOSE. */
  async converse(target: DirectTarget, data: Uint8Array): Promise<DirectOutcome> {
    let channel: LmeChannel | undefined;
    try {
      const opened = await this.#open(target);
      if (typeof opened === "number") return { refused: opened };
      channel = opened;
      await channel.write(data);
      while (await channel.read() !== undefined);
      return "closed";
    } catch (error) {
      if (!(error instanceof StreamGone)) throw error;
      return channel?.hostClosed ? "cut" : "lost";
    } finally {
      channel?.close();
    }
  }

  confirmed({ recipient, sender, windowBytes }: ApfMessageOf<"channelOpenConfirmation">): string | undefined {
    return this.#answer(recipient, () => this.#table.add({ own: recipient, host: sender, windowBytes }));
  }

  failed({ recipient, reason }: ApfMessageOf<"channelOpenFailure">): string | undefined {
    return this.#answer(recipient, () => reason);
  }

  /** The session is over. */
  end(): void {
    this.#isOver = true;
    for (const { reject } of this.#openings.values()) reject(new StreamGone());
    this.#openings.clear();
  }

  #open({ address, port }: DirectTarget): Promise<Opened> {
    const sender = this.#next++;
    const { windowBytes } = this.#around.credit;
    const originator = { originatorAddress: "localhost", originatorPort: 0 };
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new StreamGone());
      this.#openings.set(sender, { resolve, reject });
      this.#wire.send({ kind: "channelOpen", type: "direct-tcpip", sender, windowBytes, address, port, ...originator });
    });
  }

  #answer(own: number, result: () => Opened): string | undefined {
    const opening = this.#openings.get(own);
    if (opening === undefined) return `an answer to the open of channel ${own}, which was not asked for`;
    this.#openings.delete(own);
    opening.resolve(result());
    return undefined;
  }
}
