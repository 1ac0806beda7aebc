import { DATA_HEAD } from "../../protocols/apf/mod.ts";
import { type ChannelEnds, LmeChannel } from "./channel.ts";
import type { SessionSurroundings, Wire } from "./surroundings.ts";

/** The channels of one session, by the firmware's number. */
export class ChannelTable {
  readonly #around: SessionSurroundings;
  readonly #wire: Wire;
  readonly #channels = new Map<number, LmeChannel>();

  constructor(around: SessionSurroundings, wire: Wire) {
    this.#around = around;
    this.#wire = wire;
  }

  /** Whether the host uses its number for a channel that it has not closed. */
  isUsed(host: number): boolean {
    return [...this.#channels.values()].some((channel) => channel.host === host && !channel.hostClosed);
  }

  /** `freed` is called when both sides have closed it. */
  add(ends: ChannelEnds, freed = () => {}): LmeChannel {
    const { credit, maxMessageLength, faults } = this.#around;
    const windowBytes = ends.windowBytes + (faults.greedyBytes ?? 0);
    const channel = new LmeChannel({ ...ends, windowBytes }, {
      credit,
      maxDataBytes: maxMessageLength - DATA_HEAD,
      send: (message) => this.#wire.send(message),
      passed: (bytes) => this.#around.passed(bytes),
      pause: () => faults.slowMs === undefined ? undefined : this.#wire.sleep(faults.slowMs),
      closesTwice: () => faults.doubleClose === true,
      freed: () => {
        this.#channels.delete(ends.own);
        freed();
      },
    });
    this.#channels.set(ends.own, channel);
    return channel;
  }

  /** A message for no channel is passed over: it can cross a CLOSE, and MeshCmd closes twice. */
  to(own: number, act: (channel: LmeChannel) => string | undefined): string | undefined {
    const channel = this.#channels.get(own);
    if (channel !== undefined) return act(channel);
    this.#around.ignored();
    return undefined;
  }

  /** The session is over. */
  end(): void {
    for (const channel of this.#channels.values()) channel.end();
    this.#channels.clear();
  }
}
