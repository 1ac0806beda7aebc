import type { ApfMessageOf } from "../../protocols/apf/mod.ts";
import type { LmeChannel } from "./channel.ts";
import type { ChannelTable } from "./channel_table.ts";
import { type Service, StreamGone } from "./service.ts";
import type { SessionSurroundings, Wire } from "./surroundings.ts";

/** Channels that the host may have at a time, as rpc-go counted them on hardware. */
const SLOTS = 8;
const refusals = { prohibited: 1, connectFailed: 2, unknownType: 3, shortage: 4 } as const;

/** The channels that the host opens to forwarded ports. Each has one of eight numbers, and a service behind it. */
export class ForwardedChannels {
  readonly #around: SessionSurroundings;
  readonly #wire: Wire;
  readonly #table: ChannelTable;
  readonly #isForwarded: (port: number) => boolean;
  /** Which was freed first is given first: a late second CLOSE seldom meets the next user of a number. */
  readonly #freeSlots = Array.from({ length: SLOTS }, (_, slot) => slot);

  constructor(around: SessionSurroundings, wire: Wire, table: ChannelTable, isForwarded: (port: number) => boolean) {
    this.#around = around;
    this.#wire = wire;
    this.#table = table;
    this.#isForwarded = isForwarded;
  }

  get slotsInUse(): number {
    return SLOTS - this.#freeSlots.length;
  }

  /** Tells what is wrong with the open, if anything is. */
  open(message: ApfMessageOf<"channelOpen">): string | undefined {
    const { sender, windowBytes } = message;
    if (this.#table.isUsed(sender)) return `channelOpen with the number ${sender}, which is in use`;
    if (this.#around.faults.unansweredOpens) return undefined;
    const service = this.#serviceFor(message);
    if (typeof service === "number") return this.#refuse(sender, service);
    const own = this.#freeSlots.shift();
    if (own === undefined) return this.#refuse(sender, refusals.shortage);
    const channel = this.#table.add({ own, host: sender, windowBytes }, () => this.#freeSlots.push(own));
    void this.#serve(channel, service);
    return undefined;
  }

  #refuse(recipient: number, reason: number): undefined {
    this.#wire.send({ kind: "channelOpenFailure", recipient, reason });
  }

  /** What is behind the port, or why there is no way to it. */
  #serviceFor({ type, port }: ApfMessageOf<"channelOpen">): Service | number {
    const { faults } = this.#around;
    if (type !== "forwarded-tcpip") return refusals.unknownType;
    if (faults.refusedOpens) {
      faults.refusedOpens--;
      return refusals.prohibited;
    }
    if (!this.#isForwarded(port)) return refusals.prohibited;
    return this.#around.service(port) ?? refusals.connectFailed;
  }

  async #serve(channel: LmeChannel, service: Service): Promise<void> {
    const { faults: { confirmationMs }, credit: { windowBytes } } = this.#around;
    if (confirmationMs !== undefined) await this.#wire.sleep(confirmationMs);
    const { own: sender, host: recipient } = channel;
    this.#wire.send({ kind: "channelOpenConfirmation", recipient, sender, windowBytes });
    try {
      await service(channel);
    } catch (error) {
      if (!(error instanceof StreamGone)) throw error;
    } finally {
      channel.close();
    }
  }
}
