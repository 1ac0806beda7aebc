import type { ByteChannel, Dialer } from "../../transport/channel.ts";
import { dialTcp } from "../../transport/tcp_dialer.ts";
import { tlsDialer, type TlsOptions, type TlsPeer } from "../../transport/tls.ts";

/** What a judge that takes all was asked. */
export interface Met {
  readonly peer: TlsPeer;
  readonly channel: ByteChannel;
}

/** Connects to a port of this machine over TLS. */
export async function meet(port: number, options: Partial<TlsOptions> = {}, dial: Dialer = dialTcp): Promise<Met> {
  let peer: TlsPeer | undefined;
  const judge = (each: TlsPeer) => Promise.resolve(void (peer = each));
  const channel = await tlsDialer(dial, { judge, ...options })({ host: "127.0.0.1", port });
  return { peer: peer!, channel };
}
