import type { ConnectionOptions } from "node:tls";
import { AmtError } from "../core/errors/mod.ts";
import type { TlsStack } from "../ffi/tls_stack.ts";
import type { TlsPeer } from "./tls_peer.ts";

export interface TlsOptions {
  /** Asked for, and looked for in the certificate, instead of the host that is dialled. */
  readonly servername?: string;
  /** Decides whether to go on, once the server has proved that it has its certificate's key; rejects otherwise. */
  readonly judge: (peer: TlsPeer) => Promise<void>;
  /** Certificates, PEM, that {@link TlsPeer.untrusted} goes by; this runtime's own when absent. */
  readonly roots?: string;
  readonly clientCertificate?: ClientCertificate;
  /** Caps what is offered: the first request of a provisioning gets lost over TLS 1.3. Deno offers no more anyway. */
  readonly maxVersion?: "TLSv1.2";
  /**
   * Offers TLS 1.0 and 1.1 as well, and takes servers without secure renegotiation, for AMT before 12. Deno cannot; there
   * it changes nothing.
   */
  readonly legacy?: boolean;
  /** How long a handshake may take, in ms. */
  readonly limitMs?: number;
}

export interface ClientCertificate {
  /** PEM, the client's own first, then those that lead to its root. */
  readonly certificate: string;
  /** PEM, without a password. */
  readonly key: string;
}

/** What AMT before 12 speaks: RSA key exchange, AES-CBC, SHA-1. */
const LEGACY_CIPHERS = "ECDHE+AESGCM:ECDHE+AES:RSA+AES:!aNULL:!MD5:!DSS";

/** The options in the words of `node:tls`. Every certificate is let through: `judge` decides. */
export async function connectOptions(
  host: string,
  { servername, roots, clientCertificate, maxVersion, legacy }: TlsOptions,
  stack: TlsStack,
): Promise<ConnectionOptions> {
  const { isIP } = await import("node:net");
  const name = servername ?? host;
  return {
    host: name,
    // An address is no name for the server to choose a certificate by.
    servername: isIP(name) === 0 ? name : "",
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
    // What Deno leaves unchecked shows in TLS 1.2 alone: see `provesKey`.
    ...(stack === "rustls" || maxVersion !== undefined ? { maxVersion: "TLSv1.2" } : {}),
    ...(roots === undefined ? {} : { ca: roots }),
    ...(clientCertificate === undefined ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key }),
    ...(legacy === true ? await legacyOptions(stack) : {}),
  };
}

async function legacyOptions(stack: TlsStack): Promise<ConnectionOptions> {
  // BoringSSL refuses the word SECLEVEL, and connects to servers without secure renegotiation anyway.
  if (stack === "boringssl") return { minVersion: "TLSv1", ciphers: LEGACY_CIPHERS };
  if (stack === "rustls") return {};
  const { constants } = await import("node:crypto");
  return {
    minVersion: "TLSv1",
    ciphers: `${LEGACY_CIPHERS}:@SECLEVEL=0`,
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  };
}

/** Rejects with `usage` when a certificate and a key are none, or do not belong together; Deno would leave them out. */
export async function checkClientCertificate({ certificate, key }: ClientCertificate): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  const hint = "Give both as PEM, the key without a password";
  let belongs: boolean;
  try {
    belongs = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new AmtError("usage", "the client's certificate or its key cannot be read", { cause, hint });
  }
  if (!belongs) throw new AmtError("usage", "the client's key is not that of its certificate", { hint });
}
