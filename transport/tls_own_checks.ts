import type { X509Certificate } from "node:crypto";
import type { ServerFlight } from "./tls_flight.ts";

/*
 * What `node:tls` of Deno (2.9) leaves out. It cannot read some certificates, such as those of X.509 version 1, and then
 * takes any signature for right: of the handshake, so that everybody could show another's certificate, and of the
 * certificate by a root, so that `authorized` says little. These checks come on top of its own.
 */

/** SignatureScheme of RFC 8446, 4.2.3; `null` is a signature without a digest of its own. */
const schemes: Readonly<Record<number, { readonly digest: string | null; readonly pss?: boolean }>> = {
  0x0401: { digest: "sha256" },
  0x0501: { digest: "sha384" },
  0x0601: { digest: "sha512" },
  0x0403: { digest: "sha256" },
  0x0503: { digest: "sha384" },
  0x0603: { digest: "sha512" },
  0x0804: { digest: "sha256", pss: true },
  0x0805: { digest: "sha384", pss: true },
  0x0806: { digest: "sha512", pss: true },
  0x0807: { digest: null },
};

/**
 * Whether a server of TLS 1.2 signed its part of an ECDHE key exchange with the key of `certificate` (RFC 8422, 5.4).
 * `sent` starts with the client's hello.
 */
export async function provesKey(sent: Uint8Array, flight: ServerFlight, certificate: Uint8Array): Promise<boolean> {
  const { random, keyExchange } = flight;
  // After the record's head, the message's and the version.
  const clientRandom = sent.subarray(11, 43);
  if (random === undefined || keyExchange === undefined || clientRandom.length < 32) return false;
  // A named curve, two bytes of which, and a point with its length before it.
  const paramsEnd = 4 + (keyExchange[3] ?? 0);
  const [schemeHigh = 0, schemeLow = 0, lengthHigh = 0, lengthLow = 0] = keyExchange.subarray(paramsEnd);
  const signature = keyExchange.subarray(paramsEnd + 4);
  const scheme = schemes[schemeHigh * 256 + schemeLow];
  if (scheme === undefined || signature.length !== lengthHigh * 256 + lengthLow) return false;
  const { constants, verify, X509Certificate } = await import("node:crypto");
  const signed = Uint8Array.of(...clientRandom, ...random, ...keyExchange.subarray(0, paramsEnd));
  try {
    const key = new X509Certificate(certificate).publicKey;
    const padding = scheme.pss === true
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {};
    return verify(scheme.digest, signed, { key, ...padding }, signature);
  } catch {
    // Not a certificate, or a key of another kind than the signature.
    return false;
  }
}

/**
 * Whether each certificate is signed by the next one and the last one by a root, and all of them are valid today. Names,
 * purposes and paths are not looked at.
 */
export async function isVouchedFor(chain: readonly Uint8Array[], roots: string | undefined): Promise<boolean> {
  const { X509Certificate } = await import("node:crypto");
  const anchors: readonly string[] = roots === undefined
    ? (await import("node:tls")).rootCertificates
    : roots.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const shown = chain.map((each) => new X509Certificate(each));
    for (const [index, certificate] of shown.entries()) {
      if (!isValidToday(certificate)) return false;
      if (anchors.some((pem) => isIssuer(pem, certificate, X509Certificate))) return true;
      const next = shown[index + 1];
      if (next === undefined || !isSignedBy(certificate, next)) return false;
    }
  } catch {
    // It comes from anybody, and need not be a certificate.
  }
  return false;
}

function isIssuer(pem: string, certificate: X509Certificate, read: typeof X509Certificate): boolean {
  try {
    return isSignedBy(certificate, new read(pem));
  } catch {
    // One of many roots that this runtime cannot read.
    return false;
  }
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidToday({ validFrom, validTo }: X509Certificate): boolean {
  return Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo);
}
