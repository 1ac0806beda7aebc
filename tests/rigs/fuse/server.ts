import { createServer, type Socket } from "node:net";
import { decode } from "../../../core/binary/mod.ts";
import { type Guid, guidLe } from "../../../core/guid.ts";
import type { FirmwareConnection } from "../../../simulator/connection.ts";
import type { Refusal, SimulatedMe } from "../../../simulator/me.ts";
import { type Frame, frameBytes, FrameReader, FrameType } from "./frames.ts";

/** Status of a connect response: hw.h of the Linux mei driver, `mei_cl_connect_status`. */
const HBM_STATUS = { notFound: 1, rejected: 3 } as const;

export interface FuseServerOptions {
  /** Clients whose CONNECT is never answered, as by a mute firmware. */
  readonly silentTo?: (client: Guid) => boolean;
}

/** The simulator's end of the link, for any number of `fuse_mei`. Disposal ends them all. */
export interface FuseServer extends AsyncDisposable {
  /** Whether the device is ENABLED; when it is not, opens and ioctls get ENODEV and every connection is gone. */
  setEnabled(enabled: boolean): void;
}

/** Listens on a UNIX socket and gives each `fuse_mei` that connects the clients of `me`. Node, Deno and Bun. */
export async function serveFuse(
  me: SimulatedMe,
  socketPath: string,
  options: FuseServerOptions = {},
): Promise<FuseServer> {
  const links = new Set<Link>();
  const server = createServer((socket) => {
    const link = new Link(me, socket, options);
    links.add(link);
    socket.once("close", () => links.delete(link));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    setEnabled(enabled) {
      for (const link of links) link.setEnabled(enabled);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const link of links) link.end();
      await closed;
    },
  };
}

/** One `fuse_mei`, with a connection for each CONNECT that succeeded. */
class Link {
  readonly #me: SimulatedMe;
  readonly #socket: Socket;
  readonly #options: FuseServerOptions;
  readonly #reader = new FrameReader();
  readonly #connections = new Map<number, FirmwareConnection>();

  constructor(me: SimulatedMe, socket: Socket, options: FuseServerOptions) {
    this.#me = me;
    this.#socket = socket;
    this.#options = options;
    socket.on("data", (chunk) => this.#receive(chunk as Uint8Array));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#closeAll());
    this.setEnabled(true);
  }

  setEnabled(enabled: boolean): void {
    if (!enabled) this.#closeAll();
    this.#send(FrameType.state, 0, Uint8Array.of(enabled ? 1 : 0, this.#me.profile.hbmVersion.major));
  }

  end(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Uint8Array): void {
    // The answers to one chunk leave in one system call.
    this.#socket.cork();
    try {
      for (const frame of this.#reader.push(chunk)) this.#frame(frame);
    } catch (error) {
      this.#socket.destroy(error as Error);
    } finally {
      this.#socket.uncork();
    }
  }

  #frame({ type, handle, payload }: Frame): void {
    if (type === FrameType.connect) return this.#connect(handle, decode(guidLe, payload));
    const connection = this.#connections.get(handle);
    switch (type) {
      case FrameType.messageOut:
        return connection?.deliver(payload);
      case FrameType.allow:
        return connection?.allow();
      case FrameType.close:
        this.#connections.delete(handle);
        return connection?.close();
      default:
        throw new RangeError(`frame of type ${type}`);
    }
  }

  #connect(handle: number, client: Guid): void {
    if (this.#options.silentTo?.(client)) return;
    const properties = this.#me.client(client)?.properties;
    const hidden = properties === undefined ||
      (properties.fixedAddress !== 0 && this.#me.profile.hbmVersion.major < 2);
    const connection = hidden ? "notFound" : this.#me.connect(client, {
      message: (message) => this.#send(FrameType.messageIn, handle, message),
      credit: () => this.#send(FrameType.credit, handle),
      disconnected: () => {
        this.#connections.delete(handle);
        this.#send(FrameType.disconnected, handle);
      },
    });
    this.#send(FrameType.connected, handle, connectedPayload(connection));
    if (typeof connection === "string") return;
    this.#connections.set(handle, connection);
    connection.start();
  }

  #closeAll(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #send(type: number, handle: number, payload?: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(frameBytes(type, handle, payload));
  }
}

function connectedPayload(result: FirmwareConnection | Refusal): Uint8Array {
  const payload = new Uint8Array(7);
  if (typeof result === "string") {
    payload[0] = HBM_STATUS[result];
    return payload;
  }
  const { protocolVersion, maxMessageLength, fixedAddress } = result.client.properties;
  payload[1] = protocolVersion;
  new DataView(payload.buffer).setUint32(2, maxMessageLength, true);
  payload[6] = fixedAddress;
  return payload;
}
