import { decode } from "../../core/binary/mod.ts";
import type { Channels } from "./channels.ts";
import type { GlobalRequests } from "./global_requests.ts";
import type { Handshake } from "./handshake.ts";
import type { Incoming } from "./incoming.ts";
import { ApfMessage } from "./messages.ts";
import type { Opener } from "./opener.ts";
import { disconnected, violation } from "./session_end.ts";
import type { Ignored } from "./session_options.ts";

interface Parts {
  readonly handshake: Handshake;
  readonly requests: GlobalRequests;
  readonly channels: Channels;
  readonly opener: Opener;
  readonly incoming: Incoming;
  send(message: ApfMessage): void;
}

/** May come before the firmware told its version: firmware closes channels of an earlier session then. */
const EARLY: readonly ApfMessage["kind"][] = ["protocolVersion", "channelClose", "disconnect", "unknown"];

/** Gives each message of the firmware to the part that it is for. */
export class Dispatcher {
  readonly ignored: Ignored = { empty: 0, unknownType: 0, unknownChannel: 0, unservedRequest: 0, unexpected: 0 };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws what `sessionEnd` understands when the message ends the session. */
  take(bytes: Uint8Array): void {
    if (bytes.length === 0) {
      this.ignored.empty++;
      return;
    }
    const message = decode(ApfMessage, bytes);
    if (!this.#parts.handshake.isDone && !EARLY.includes(message.kind)) {
      throw violation(`${message.kind} before the firmware told its version`);
    }
    const ignored = this.#dispatch(message);
    if (ignored) this.ignored[ignored]++;
  }

  /** Why it was passed over, if it was. */
  #dispatch(message: ApfMessage): keyof Ignored | void {
    const { handshake, requests, channels, opener, incoming, send } = this.#parts;
    switch (message.kind) {
      case "channelData":
        return channels.data(message) ? undefined : "unknownChannel";
      case "channelWindowAdjust":
        return channels.windowAdjust(message) ? undefined : "unknownChannel";
      case "channelClose":
        return channels.close(message) ? undefined : "unknownChannel";
      case "channelOpenConfirmation":
        return opener.confirmed(message) ? undefined : "unknownChannel";
      case "channelOpenFailure":
        return opener.failed(message) ? undefined : "unknownChannel";
      case "channelOpen":
        return incoming.take(message);
      case "globalRequest":
        return requests.take(message.request) ? undefined : "unservedRequest";
      case "protocolVersion":
        return handshake.version(message);
      case "serviceRequest":
        return handshake.service(message);
      case "userauthRequest":
        return handshake.userauth();
      case "keepaliveRequest":
        return send({ kind: "keepaliveReply", cookie: message.cookie });
      case "keepaliveOptionsRequest":
        return send({ ...message, kind: "keepaliveOptionsReply" });
      case "disconnect":
        throw disconnected(message.reason);
      case "unknown":
        return "unknownType";
      default:
        return "unexpected";
    }
  }
}
