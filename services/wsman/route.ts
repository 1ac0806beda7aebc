import { AmtError } from "../../core/errors/mod.ts";
import { delay } from "../../core/delay.ts";
import type { Host } from "../../ffi/host.ts";
import type { Dialer } from "../../transport/channel.ts";
import { dialTcp } from "../../transport/tcp_dialer.ts";
import type { Tunnel } from "../tunnel/tunnel.ts";
import { localListener } from "./local_listener.ts";
import type { Way } from "./way.ts";

/** A way to AMT's web service before anybody has gone it. */
export interface Route extends Pick<Way, "by" | "host" | "port" | "tls"> {
  /** Without TLS. */
  readonly dial: Dialer;
}

/** AMT's ports, by whether they speak TLS; 623 and 664 lead to the same service. */
const PLAIN = 16992;
const TLS = 16993;
const TLS_PORTS = [TLS, 664];
const HERE = "127.0.0.1";
/** All forwards come in a row, each when the one before is answered. */
const NEXT_FORWARD_MS = 2000;

/** Over the network; the port says whether it is TLS unless `tls` does. */
export function remoteRoute(
  { host, port }: { readonly host: string; readonly port: number | undefined },
  tls: boolean,
): Route {
  const chosen = port ?? (tls ? TLS : PLAIN);
  return { by: "tcp", host, port: chosen, tls: tls || TLS_PORTS.includes(chosen), dial: dialTcp };
}

/** What listens on AMT's ports of this machine: a service to go through, or somebody who gets no password. */
export interface LocalServices {
  readonly route: Route | undefined;
  /** What to warn of. */
  readonly strangers: readonly string[];
}

/** Looks for a local management service; with `tls` only for its port with TLS, else for that last. */
export function findLocalServices(host: Host, tls: boolean): LocalServices {
  const strangers: string[] = [];
  for (const port of tls ? [TLS] : [PLAIN, TLS]) {
    const listener = localListener(host, port);
    if (listener?.isTrusted) {
      const route: Route = { by: "lms", host: HERE, port, tls: port === TLS, dial: trustedDialer(host, dialTcp) };
      return { route, strangers };
    }
    if (listener !== undefined) strangers.push(strangerText(port, listener.owner));
  }
  return { route: undefined, strangers };
}

/** A local service's owner is looked at with each connection, for a stranger may take its port while it restarts. */
export function trustedDialer(host: Host, dial: Dialer): Dialer {
  return async (to, signal) => {
    const channel = await dial(to, signal);
    const listener = localListener(host, to.port);
    if (listener?.isTrusted) return channel;
    await channel[Symbol.asyncDispose]();
    const what = listener === undefined ? "it is gone again" : strangerText(to.port, listener.owner);
    throw new AmtError("net.connect", `local management service: ${what}`);
  };
}

/**
 * Through a tunnel of our own: TLS when `tls` says so, or when the firmware forwards nothing else (AMT 19 and newer).
 * Rejects as `Tunnel.ready` does, and with `net.connect` when TLS is asked for and the firmware has none here.
 */
export async function tunnelRoute(tunnel: Tunnel, tls: boolean, signal: AbortSignal): Promise<Route> {
  let { port } = await tunnel.ready([PLAIN, TLS]);
  if (tls && port !== TLS) port = await securedPort(tunnel, signal);
  const dial: Dialer = async ({ port }, signal) => (await tunnel.open(port, { signal })).byteChannel();
  return { by: "apf", host: HERE, port, tls: port === TLS, dial };
}

async function securedPort(tunnel: Tunnel, signal: AbortSignal): Promise<number> {
  const over = new AbortController();
  try {
    const late = delay(NEXT_FORWARD_MS, AbortSignal.any([signal, over.signal]), "LME").then(() => undefined);
    const found = await Promise.race([tunnel.ready([TLS]), late]);
    if (found !== undefined) return found.port;
  } finally {
    over.abort();
  }
  const ports = tunnel.forwards.map(({ port }) => port).join(", ");
  throw new AmtError("net.connect", `LME: the firmware forwards no port with TLS, only ${ports}`, {
    hint:
      "Leave --tls and what asks for it out: AMT of this release speaks it over the network alone, unless it is set up",
  });
}

function strangerText(port: number, owner: string): string {
  return `${HERE}:${port} belongs to ${owner}, and not to root, so that no password is sent there`;
}
