import type { Guid } from "../../core/guid.ts";
import type { ClientProperties } from "../firmware_client.ts";
import { addresses } from "./addresses.ts";
import type { HbmMessage, Properties } from "./messages.ts";

export interface HbmVersion {
  readonly major: number;
  readonly minor: number;
}

/** The clients as the host gets to see them: which version the session has, and who stands at which address. */
export class ClientDirectory {
  readonly #version: HbmVersion;
  readonly #clients: ReadonlyMap<number, ClientProperties>;
  #session: HbmVersion;

  /** @param version the highest that the firmware speaks */
  constructor(clients: readonly ClientProperties[], version: HbmVersion) {
    this.#version = version;
    this.#session = version;
    this.#clients = addresses(clients);
  }

  /** "Supported" means that the session gets the host's version, so a newer host must be told no. */
  start(host: HbmVersion): HbmMessage {
    const { major, minor } = this.#version;
    const supported = host.major < major || (host.major === major && host.minor <= minor);
    this.#session = supported ? { major: host.major, minor: host.minor } : this.#version;
    return { kind: "hostStartResponse", hostVersionSupported: supported ? 1 : 0, maxMinor: minor, maxMajor: major };
  }

  enumerate(): HbmMessage {
    const validAddresses = new Uint8Array(32);
    for (const [address] of this.#offered()) validAddresses[address >> 3]! |= 1 << (address & 7);
    return { kind: "enumerateResponse", validAddresses };
  }

  describe(me: number): HbmMessage {
    const client = this.at(me);
    return client === undefined
      ? { kind: "propertiesResponse", me, status: "clientNotFound", properties: noProperties }
      : { kind: "propertiesResponse", me, status: "success", properties: wireProperties(client) };
  }

  at(address: number): ClientProperties | undefined {
    return this.#offered().find(([at]) => at === address)?.[1];
  }

  addressOf(id: Guid): number | undefined {
    return this.#offered().find(([, { guid }]) => guid === id)?.[0];
  }

  /** Clients at a fixed address came with version 2.0. */
  #offered(): [number, ClientProperties][] {
    return [...this.#clients].filter(([, { fixedAddress }]) => fixedAddress === 0 || this.#session.major >= 2);
  }
}

const noProperties: Properties = {
  guid: "00000000-0000-0000-0000-000000000000" as Guid,
  protocolVersion: 0,
  maxConnections: 0,
  fixedAddress: 0,
  flags: { singleReceiveBuffer: 0, vtag: 0, spare: 0 },
  maxMessageLength: 0,
};

function wireProperties({ vtag, ...properties }: ClientProperties): Properties {
  return { ...properties, flags: { singleReceiveBuffer: 0, vtag: vtag ? 1 : 0, spare: 0 } };
}
