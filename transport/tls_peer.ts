import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

/** A server after the handshake. */
export interface TlsPeer {
  readonly host: string;
  readonly port: number;
  /** Certificates, DER, the server's own first; never empty. */
  readonly chain: readonly Uint8Array[];
  /** `TLSv1.2` */
  readonly protocol: string;
  /** `ECDHE-RSA-AES128-GCM-SHA256` */
  readonly cipher: string;
  /** Why the roots do not vouch for this certificate and this name, as OpenSSL calls it; `undefined` when they do. */
  readonly untrusted: string | undefined;
}

const MOST_CERTIFICATES = 10;

/** The certificates that a server showed, DER, its own first. */
export function chainOf(socket: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  let last: string | undefined;
  // A root is its own issuer.
  while (certificate?.raw !== undefined && certificate.fingerprint256 !== last && chain.length < MOST_CERTIFICATES) {
    last = certificate.fingerprint256;
    chain.push(new Uint8Array(certificate.raw));
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

/** What this runtime says of the chain and the name, as {@link TlsPeer.untrusted} has it. */
export function untrustedReason(socket: TLSSocket): string | undefined {
  if (socket.authorized === true) return undefined;
  // The types call it an error; it is a code in Node.
  const told: unknown = socket.authorizationError;
  const code = (told as { readonly code?: string } | null | undefined)?.code;
  return code ?? (told === null || told === undefined ? "unknown" : String(told));
}
