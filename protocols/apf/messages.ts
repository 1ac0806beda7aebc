/** Every message of AMT's port forwarding protocol. Source: Intel LMS, rpc-go, go-wsman-messages, MPS, MeshCentral. */

import { choice, type Codec, named, reserved, rest, struct, u32be, u8, type Wire } from "../../core/binary/mod.ts";
import { guidLe } from "../../core/guid.ts";
import { apfBoolean, apfText, borrowedBytes, choiceByName, optional, unusedWord } from "./fields.ts";
import { GlobalRequest } from "./global_request.ts";
import { ADDRESS_LIMIT, SERVICE_LIMIT, TEXT_LIMIT } from "./limits.ts";

const service = struct({ service: apfText(SERVICE_LIMIT) });
const cookie = struct({ cookie: u32be });
const keepaliveOptions = struct({ intervalSeconds: u32be, timeoutSeconds: u32be });

/**
 * In all messages about a channel `recipient` is the number that the receiver of the message chose for it, and
 * `sender` the one that the sender chose; 0 is a number like any other.
 */
const variants = {
  disconnect: { tag: 1, body: struct({ reason: u32be, unused: reserved(2) }) },
  serviceRequest: { tag: 5, body: service },
  serviceAccept: { tag: 6, body: service },
  userauthRequest: {
    tag: 50,
    body: struct({
      user: apfText(TEXT_LIMIT),
      service: apfText(SERVICE_LIMIT),
      method: choiceByName(apfText(TEXT_LIMIT), {
        password: { name: "password", body: struct({ change: apfBoolean, password: apfText(TEXT_LIMIT) }) },
      }, struct({ body: rest })),
    }),
  },
  /** MPS sends one byte more, and only where nothing can follow; it is not read. */
  userauthFailure: { tag: 51, body: struct({ methods: apfText(TEXT_LIMIT), partialSuccess: apfBoolean }) },
  userauthSuccess: { tag: 52, body: struct({}) },
  globalRequest: { tag: 80, body: struct({ request: GlobalRequest }) },
  /** With the port as the answer to tcpip-forward, without as the answer to cancel-tcpip-forward. */
  requestSuccess: { tag: 81, body: struct({ port: optional(u32be) }) },
  requestFailure: { tag: 82, body: struct({}) },
  channelOpen: {
    tag: 90,
    body: struct({
      /** `forwarded-tcpip` from the host (or MPS) to AMT, `direct-tcpip` from AMT. */
      type: apfText(TEXT_LIMIT),
      sender: u32be,
      windowBytes: u32be,
      unused: unusedWord,
      address: apfText(ADDRESS_LIMIT),
      port: u32be,
      originatorAddress: apfText(ADDRESS_LIMIT),
      originatorPort: u32be,
    }),
  },
  channelOpenConfirmation: {
    tag: 91,
    body: struct({ recipient: u32be, sender: u32be, windowBytes: u32be, unused: unusedWord }),
  },
  /** The reasons are those of `openFailureReasons`. */
  channelOpenFailure: { tag: 92, body: struct({ recipient: u32be, reason: u32be, unused: reserved(8) }) },
  channelWindowAdjust: { tag: 93, body: struct({ recipient: u32be, bytesToAdd: u32be }) },
  /** What is read is not copied out of the message. */
  channelData: { tag: 94, body: struct({ recipient: u32be, data: borrowedBytes }) },
  channelClose: { tag: 97, body: struct({ recipient: u32be }) },
  protocolVersion: {
    tag: 192,
    body: struct({
      major: u32be,
      minor: u32be,
      triggerReason: named(u32be, { userInitiated: 1, alert: 2, provisioning: 3, periodic: 4, lmeRequest: 254 }),
      /** The system's, from AMT; zero from peers on the host. */
      uuid: guidLe,
      unused: reserved(64),
    }),
  },
  keepaliveRequest: { tag: 208, body: cookie },
  keepaliveReply: { tag: 209, body: cookie },
  keepaliveOptionsRequest: { tag: 210, body: keepaliveOptions },
  keepaliveOptionsReply: { tag: 211, body: keepaliveOptions },
  /** MeshCentral's own: JSON in UTF-8. */
  jsonControl: { tag: 250, body: struct({ json: borrowedBytes }) },
} as const;
const known = choice(u8, variants);
const knownTypes = new Set<number>(Object.values(variants).map(({ tag }) => tag));

/** A message of a type that is not known. */
export interface UnknownApfMessage {
  readonly kind: "unknown";
  readonly type: number;
  readonly body: Uint8Array;
}

export type ApfMessage = Wire<typeof known> | UnknownApfMessage;

/** The message of one kind: `ApfMessageOf<"channelOpen">`. */
export type ApfMessageOf<Kind extends ApfMessage["kind"]> = Extract<ApfMessage, { readonly kind: Kind }>;

/** A whole message; over the MEI one message of the client, over CIRA a piece of the stream. */
export const ApfMessage: Codec<ApfMessage> = {
  size: undefined,
  write(out, value) {
    if (value.kind !== "unknown") return known.write(out, value);
    u8.write(out, value.type);
    out.put(value.body);
  },
  read(src) {
    const type = src.bytes[src.bytes.length - src.left];
    if (type === undefined || knownTypes.has(type)) return known.read(src);
    return { kind: "unknown", type: u8.read(src), body: rest.read(src) };
  },
};
