import { tlsDialer, type TlsPeer } from "../../transport/tls.ts";
import type { Dialer } from "../../transport/channel.ts";
import { KnownHosts, knownHostsPath, systemRoots, type Tell, type Trust, trustJudge } from "../trust/mod.ts";

/** How a server proves who it is, as a person wants it. */
export interface TlsSettings {
  readonly pins?: readonly string[] | undefined;
  readonly insecure?: boolean | undefined;
  /** TLS 1.0 and 1.1 too. */
  readonly legacy?: boolean | undefined;
}

/** What is around it. */
export interface TlsSurroundings {
  env(name: string): string | undefined;
  readonly tell: Tell;
  /** Called with each connection. */
  onTrusted(trust: Trust): void;
  /** What the server is known as, in place of the host that is dialled. */
  readonly knownAs?: string | undefined;
  /** Nothing is written down. */
  readonly isForgotten?: boolean | undefined;
}

/** TLS over another dialer, with what this user trusts: pins, known hosts, the system's roots. */
export async function secured(dial: Dialer, settings: TlsSettings, around: TlsSurroundings): Promise<Dialer> {
  const { pins = [], insecure = false, legacy = false } = settings;
  const { env, tell, onTrusted, knownAs, isForgotten = false } = around;
  const knownHosts = isForgotten
    ? new KnownHosts({ path: undefined, tell: () => {} })
    : new KnownHosts({ path: knownHostsPath(env), tell });
  const judge = trustJudge({ pins, insecure, knownHosts, tell, onTrusted });
  // Nobody asks the roots then.
  const roots = pins.length > 0 || insecure ? undefined : await systemRoots(env);
  return tlsDialer(dial, {
    judge: (peer: TlsPeer) => judge(knownAs === undefined ? peer : { ...peer, host: knownAs }),
    legacy,
    ...(roots === undefined ? {} : { roots }),
  });
}
