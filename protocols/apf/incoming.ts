import type { Channels } from "./channels.ts";
import type { ApfMessage, ApfMessageOf } from "./messages.ts";
import type { ApfSessionOptions } from "./session_options.ts";

/** Channels of the firmware's at a time. */
const LIMIT = 32;

const PROHIBITED = 1;
const UNKNOWN_TYPE = 3;
const RESOURCE_SHORTAGE = 4;

/** Channels that the firmware opens to the host: events, and connections to the host's ports. */
export class Incoming {
  readonly #channels: Channels;
  readonly #onIncoming: ApfSessionOptions["onIncoming"];
  readonly #send: (message: ApfMessage) => void;
  #open = 0;

  constructor(channels: Channels, onIncoming: ApfSessionOptions["onIncoming"], send: (message: ApfMessage) => void) {
    this.#channels = channels;
    this.#onIncoming = onIncoming;
    this.#send = send;
  }

  take(message: ApfMessageOf<"channelOpen">): void {
    const { type, sender, windowBytes, address, port, originatorAddress, originatorPort } = message;
    if (type !== "direct-tcpip") return this.#refuse(sender, UNKNOWN_TYPE);
    if (this.#open >= LIMIT) return this.#refuse(sender, RESOURCE_SHORTAGE);
    const accept = this.#onIncoming?.({ address, port, originatorAddress, originatorPort });
    if (accept === undefined) return this.#refuse(sender, PROHIBITED);
    const id = this.#channels.nextId();
    const ends = { openedBy: "firmware", id, remote: sender, port, sendWindowBytes: windowBytes } as const;
    this.#open++;
    const channel = this.#channels.add(ends, () => this.#open--);
    const ownWindow = this.#channels.windowBytes;
    this.#send({ kind: "channelOpenConfirmation", recipient: sender, sender: id, windowBytes: ownWindow });
    accept(channel);
  }

  #refuse(recipient: number, reason: number): void {
    this.#send({ kind: "channelOpenFailure", recipient, reason });
  }
}
