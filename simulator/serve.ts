import { AmtError } from "../core/errors/mod.ts";
import type { LocalStream } from "../transport/local_stream.ts";
import type { Listener } from "../transport/tcp.ts";
import { type Service, type ServiceStream, StreamGone } from "./lme/service.ts";
import type { SimulatedMe } from "./me.ts";

/** A loopback address and a port; port 0 takes any. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

export interface ServeOptions {
  /** Where AMT's port 16992 is. */
  readonly plain?: Place | undefined;
  /** Where its port 16993 is. */
  readonly tls?: Place | undefined;
  /** Called with each connection. */
  readonly onConnection?: (name: string, kind: "plain" | "tls") => void;
}

/** AMT on TCP. Disposal takes no more connections, and ends those that there are. */
export interface Serving extends AsyncDisposable {
  readonly plain: Place | undefined;
  readonly tls: Place | undefined;
  /** The certificate in PEM that a client has to trust for TLS; `undefined` when that is not served. */
  readonly authority: string | undefined;
}

const ports = { plain: 16992, tls: 16993 } as const;

/**
 * Puts the web server of a simulated AMT on loopback ports. It is the one that LME has, with the same state. Rejects
 * with `usage` where there is no AMT or it speaks TLS only, and for what is no loopback address, and with `net.listen`.
 */
export async function serve(me: SimulatedMe, { plain, tls, onConnection }: ServeOptions): Promise<Serving> {
  const { amt, profile } = me;
  if (amt === undefined) throw new AmtError("usage", `simulator profile "${profile.name}" has no AMT to serve`);
  const { services } = amt;
  const { listen } = await import("../transport/tcp.ts");
  const streams = new Set<LocalStream>();
  const listeners: Listener[] = [];

  async function open(kind: keyof typeof ports, place: Place | undefined): Promise<Place | undefined> {
    if (place === undefined) return undefined;
    const service = services.get(ports[kind]);
    if (service === undefined) {
      throw new AmtError("usage", `simulator profile "${profile.name}" has no port ${ports[kind]}: it speaks TLS only`);
    }
    const listener = await listen(place.address, place.port, (stream) => {
      onConnection?.(stream.name, kind);
      void serveStream(stream, service, streams);
    });
    listeners.push(listener);
    return { address: listener.address, port: listener.port };
  }

  async function close(): Promise<void> {
    for (const listener of listeners) await listener[Symbol.asyncDispose]();
    for (const stream of streams) stream.destroy(false);
  }

  try {
    const places = { plain: await open("plain", plain), tls: await open("tls", tls) };
    const authority = tls === undefined ? undefined : (await amt.identity()).authority.pem;
    return { ...places, authority, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function serveStream(local: LocalStream, service: Service, streams: Set<LocalStream>): Promise<void> {
  streams.add(local);
  try {
    await service(serviceStream(local));
  } catch (error) {
    if (!(error instanceof StreamGone)) throw error;
  } finally {
    await local.end();
    local.destroy(false);
    streams.delete(local);
  }
}

function serviceStream(local: LocalStream): ServiceStream {
  const gone = () => {
    throw new StreamGone();
  };
  return {
    read: () => local.read().catch(gone),
    // `bytes` may be a piece of what is used again.
    write: (bytes) => local.write(bytes.slice()).catch(gone),
  };
}
