import type { Guid } from "../../core/guid.ts";
import type { ClientProperties } from "../firmware_client.ts";

/** What differs between clients. */
export interface ClientSizes {
  /** Protocol version. */
  readonly version: number;
  /** Bytes of one message. */
  readonly length: number;
  /** Connections at a time; 1 when left out. */
  readonly connections?: number;
  /** Address of a fixed client, which knows no connections. */
  readonly fixed?: number;
}

/** Properties of a client without tags, at a dynamic address unless `fixed` gives one. */
export function clientProperties(
  guid: Guid,
  { version, length, connections = 1, fixed }: ClientSizes,
): ClientProperties {
  return {
    guid,
    protocolVersion: version,
    maxConnections: fixed === undefined ? connections : 0,
    fixedAddress: fixed ?? 0,
    vtag: false,
    maxMessageLength: length,
  };
}
