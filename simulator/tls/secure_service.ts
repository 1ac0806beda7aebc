import type { SecureContext, SecureContextOptions, SecureVersion, TLSSocket } from "node:tls";
import { type Service, StreamGone } from "../lme/service.ts";
import type { TlsIdentity } from "./identity.ts";
import { duplexStream, streamDuplex } from "./stream_duplex.ts";

export interface SecureOptions {
  readonly identity: TlsIdentity;
  /** The first number of the firmware's version, by which AMT speaks other versions of TLS. */
  readonly major: number;
}

/** By release, the newest first: which versions of TLS AMT serves. */
const versions: readonly { readonly since: number; readonly min: SecureVersion; readonly max: SecureVersion }[] = [
  { since: 21, min: "TLSv1.2", max: "TLSv1.3" },
  { since: 15, min: "TLSv1.2", max: "TLSv1.2" },
  { since: 12, min: "TLSv1.1", max: "TLSv1.2" },
  { since: 9, min: "TLSv1", max: "TLSv1.1" },
  { since: 0, min: "TLSv1", max: "TLSv1" },
];
/** The first release that agrees on keys by elliptic curves. */
const CURVES = 14;
/** OpenSSL's names of the suites that releases before it have; level 0 is what TLS below 1.2 needs there. */
const OLD_SUITES = "AES128-GCM-SHA256:AES128-SHA:AES256-SHA";

/**
 * A service behind TLS, with the certificate of `identity` and no wish for one of the client's. On Deno, whose TLS
 * begins with 1.2 and knows no suites without curves, a release that has no newer ones refuses each connection.
 */
export function secureService(service: Service, options: SecureOptions): Service {
  let context: SecureContext | undefined;
  return async (stream) => {
    const [tls, duplex] = await Promise.all([import("node:tls"), streamDuplex(stream)]);
    const secureContext = context ??= tls.createSecureContext(contextOptions(options));
    const socket = new tls.TLSSocket(duplex, { isServer: true, secureContext });
    // Told to whoever reads or writes.
    socket.on("error", () => {});
    try {
      await service(duplexStream(socket));
      await ended(socket);
    } catch (error) {
      if (!(error instanceof StreamGone)) throw error;
    } finally {
      socket.destroy();
    }
  };
}

function contextOptions({ identity, major }: SecureOptions): SecureContextOptions {
  const { min, max } = versions.find(({ since }) => since <= major)!;
  const suites = major >= CURVES ? {} : { ciphers: isBun ? OLD_SUITES : `${OLD_SUITES}:@SECLEVEL=0` };
  return {
    cert: `${identity.leaf.pem}${identity.authority.pem}`,
    key: identity.key,
    minVersion: min,
    maxVersion: max,
    ...suites,
  };
}

/** Bun throws on a level among the suites. */
const isBun = "Bun" in globalThis;

/** Says that no more comes, and waits until it is said, or cannot be. */
function ended(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", resolve);
    socket.end(() => resolve());
  });
}
