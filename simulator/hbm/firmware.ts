import { CodecError, decode, encode } from "../../core/binary/mod.ts";
import type { Guid } from "../../core/guid.ts";
import type { ClientProperties } from "../firmware_client.ts";
import type { SimulatedMe } from "../me.ts";
import { ClientDirectory, type HbmVersion } from "./directory.ts";
import { frame, HbmLink } from "./link.ts";
import { FrameHeader, HbmMessage, type HbmStatus, MAX_PAYLOAD } from "./messages.ts";

export type { HbmVersion };

export interface HbmFirmwareOptions {
  /** Takes one frame to the host: the 4-byte MEI header and its payload, not padded. */
  readonly send: (frame: Uint8Array) => void;
  /** The highest version this firmware speaks. Default: the profile's. */
  readonly version?: HbmVersion;
}

/** What has passed the bus, for tests. */
export interface HbmCounts {
  /** Whole client messages from the host. */
  readonly received: number;
  /** Whole client messages to the host. */
  readonly sent: number;
  /** Frames of the host that had no effect: malformed, unknown, for nobody, without credit, too long. */
  readonly ignored: number;
}

interface AddressPair {
  readonly me: number;
  readonly host: number;
}

/**
 * The firmware's side of the host bus: it starts the link, enumerates its clients, and carries their messages with
 * the credits of both sides. Frames that make no sense are counted and dropped; real firmware's reaction to them is
 * not known. Sources: Linux drivers/misc/mei/{hw.h,hbm.c,client.c} for what the host does, ACRN virtio_mei.c for the
 * firmware's side.
 */
export class HbmFirmware {
  readonly #me: SimulatedMe;
  readonly #send: (frame: Uint8Array) => void;
  readonly #directory: ClientDirectory;
  /** By address pair; a fixed client's has host 0. */
  readonly #links = new Map<string, HbmLink>();
  readonly #counts = { received: 0, sent: 0, ignored: 0 };
  #muted = false;

  constructor(me: SimulatedMe, options: HbmFirmwareOptions) {
    this.#me = me;
    this.#send = options.send;
    const clients = me.clients.map(({ properties }) => properties);
    this.#directory = new ClientDirectory(clients, options.version ?? me.profile.hbmVersion);
  }

  get counts(): HbmCounts {
    return { ...this.#counts };
  }

  /** The address at which a client is enumerated. */
  address(id: Guid): number | undefined {
    return this.#directory.addressOf(id);
  }

  /** From now on no frame of the host is looked at, connects and the start included. */
  mute(): void {
    this.#muted = true;
  }

  unmute(): void {
    this.#muted = false;
  }

  /** The host reset the link: all connections, credits and half messages are forgotten. */
  hostReset(): void {
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) link.close();
  }

  /** Tells the host of an event of this client, on each connection that asked for it. */
  notify(id: Guid): void {
    this.#me.notify(id);
  }

  /** Ends this client's connections from the firmware's side. */
  disconnect(id: Guid): void {
    const me = this.address(id);
    for (const link of [...this.#links.values()]) {
      if (link.me !== me) continue;
      link.close();
      link.disconnected("firmware");
    }
  }

  /** One frame from the host: the 4-byte MEI header and its payload. */
  receive(bytes: Uint8Array): void {
    if (this.#muted) return;
    if (bytes.length < 4) return this.#ignore();
    const header = decode(FrameHeader, bytes.subarray(0, 4));
    const payload = bytes.subarray(4);
    // Extended headers and the DMA ring are used only after the firmware granted them.
    const understood = header.reserved === 0 && header.extended === 0 && header.dmaRing === 0;
    if (!understood || header.length !== payload.length || payload.length > MAX_PAYLOAD) return this.#ignore();
    if (header.me === 0 && header.host === 0) return this.#command(payload);
    const link = header.host === 0 ? this.#fixed(header.me) : this.#link(header.me, header.host);
    if (link === undefined) return this.#ignore();
    const outcome = link.receive(payload, header.complete === 1);
    if (outcome === "message") this.#counts.received++;
    if (outcome === "dropped") this.#ignore();
  }

  #command(payload: Uint8Array): void {
    let message: HbmMessage;
    try {
      message = decode(HbmMessage, payload);
    } catch (error) {
      if (error instanceof CodecError) return this.#ignore();
      throw error;
    }
    switch (message.kind) {
      case "hostStartRequest":
        return this.#say(this.#directory.start(message));
      case "hostStopRequest":
        this.hostReset();
        return this.#say({ kind: "hostStopResponse" });
      case "enumerateRequest":
        return this.#say(this.#directory.enumerate());
      case "propertiesRequest":
        return this.#say(this.#directory.describe(message.me));
      case "connectRequest":
        return this.#connect(message);
      case "disconnectRequest":
        return this.#disconnect(message);
      case "flowControl":
        return this.#flowControl(message);
      case "isolationEntryRequest":
        return this.#say({ kind: "isolationEntryResponse" });
      case "notifyRequest":
        return this.#notifyRequest(message);
      case "capabilitiesRequest":
        return this.#say({
          kind: "capabilitiesResponse",
          capabilities: { vtag: 0, gsc: 0, clientDma: 0, spare: 0 },
        });
      case "dmaSetupRequest":
        return this.#say({ kind: "dmaSetupResponse", status: "notAllowed" });
      case "clientDmaMapRequest":
        return this.#say({ kind: "clientDmaMapResponse", status: "notAllowed" });
      case "clientDmaUnmapRequest":
        return this.#say({ kind: "clientDmaUnmapResponse", status: "notAllowed" });
      case "disconnectResponse":
      case "isolationExitResponse":
      case "addClientResponse":
        return;
      default:
        return this.#ignore();
    }
  }

  #connect({ me, host }: AddressPair): void {
    const [status, link] = this.#opened(me, host);
    this.#say({ kind: "connectResponse", me, host, status });
    link?.start();
  }

  #opened(me: number, host: number): [HbmStatus, HbmLink?] {
    const client = this.#directory.at(me);
    if (client === undefined) return ["clientNotFound"];
    if (host === 0) return ["invalidParameter"];
    if (this.#link(me, host) !== undefined) return ["alreadyExists"];
    if (client.fixedAddress !== 0) return ["rejected"];
    const link = this.#open(client, { me, host });
    return link === undefined ? ["rejected"] : ["success", link];
  }

  #fixed(me: number): HbmLink | undefined {
    const client = this.#directory.at(me);
    if (client === undefined || client.fixedAddress === 0) return undefined;
    return this.#link(me, 0) ?? this.#open(client, { me, host: 0 });
  }

  #open(client: ClientProperties, at: AddressPair): HbmLink | undefined {
    const { guid, maxMessageLength } = client;
    const link = new HbmLink(at, maxMessageLength, {
      frame: (bytes, last) => {
        if (last) this.#counts.sent++;
        this.#send(bytes);
      },
      credit: () => this.#say({ kind: "flowControl", ...at }),
      disconnected: (reason) => {
        this.#links.delete(key(at.me, at.host));
        if (reason === "firmware" && at.host !== 0) this.#say({ kind: "disconnectRequest", ...at });
      },
      notification: () => this.#say({ kind: "notification", ...at }),
    });
    const connection = this.#me.connect(guid, link);
    if (typeof connection === "string") return undefined;
    this.#links.set(key(at.me, at.host), link);
    link.join(connection);
    return link;
  }

  #flowControl({ me, host }: AddressPair): void {
    const link = this.#link(me, host);
    if (link === undefined) this.#ignore();
    else link.allow();
  }

  /** A connection that is gone already counts as disconnected: both sides may ask at once. */
  #disconnect({ me, host }: AddressPair): void {
    this.#link(me, host)?.close();
    this.#links.delete(key(me, host));
    this.#say({ kind: "disconnectResponse", me, host, status: "success" });
  }

  #notifyRequest({ me, host, start }: { readonly me: number; readonly host: number; readonly start: number }): void {
    const link = this.#link(me, host);
    if (link !== undefined) link.notify = start === 1;
    const status = link === undefined ? "clientNotFound" : "success";
    this.#say({ kind: "notifyResponse", me, host, status, start });
  }

  #link(me: number, host: number): HbmLink | undefined {
    return this.#links.get(key(me, host));
  }

  #ignore(): void {
    this.#counts.ignored++;
  }

  #say(message: HbmMessage): void {
    this.#send(frame({ me: 0, host: 0, complete: true }, encode(HbmMessage, message)));
  }
}

function key(me: number, host: number): string {
  return `${me}:${host}`;
}
