import type { Guid } from "../core/guid.ts";

/** What the firmware says of a client when the host enumerates it: HBM client properties. */
export interface ClientProperties {
  readonly guid: Guid;
  readonly protocolVersion: number;
  /** Connections at a time; 0 for a client at a fixed address, which knows no connections. */
  readonly maxConnections: number;
  /** Address of a fixed client, or 0. */
  readonly fixedAddress: number;
  readonly vtag: boolean;
  /** Bytes of one message, in either direction. */
  readonly maxMessageLength: number;
}

/** One client that the simulated firmware offers. */
export interface FirmwareClient {
  readonly properties: ClientProperties;
  /** So many of its messages may wait for the host while it takes the host's next one; 0 when left out. */
  readonly answersWaiting?: number;
  /** A host connected; the session lives until it or the firmware disconnects. */
  open(link: ClientLink): ClientSession;
  /** The firmware restarts; the connections are gone already. */
  reset?(): void;
}

/** What a session may do with its connection. */
export interface ClientLink {
  /** Queues a message to the host; it leaves when the host has given credit. */
  send(message: Uint8Array): void;
  /** The firmware ends the connection. */
  disconnect(): void;
}

export interface ClientSession {
  /** The host is about to send its first message, or to take one: a client that speaks first does it now. */
  start?(): void;
  /** A whole message from the host. The request buffer is free again when the promise resolved and answers left. */
  message(message: Uint8Array): void | Promise<void>;
  close?(): void;
}
