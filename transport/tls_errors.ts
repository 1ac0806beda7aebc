import { AmtError } from "../core/errors/mod.ts";
import type { TlsStack } from "../ffi/tls_stack.ts";
import type { ServerFlight } from "./tls_flight.ts";

/** A handshake that came to nothing, and all that is known of it. */
export interface FailedHandshake {
  readonly place: string;
  /** What `node:tls` said; `undefined` when the connection just closed. */
  readonly cause: (Error & { readonly code?: string; readonly library?: string }) | undefined;
  readonly flight: ServerFlight;
  readonly stack: TlsStack;
  /** Old versions were offered too. */
  readonly legacy: boolean;
  /** TLS 1.3 was not offered. */
  readonly isCapped: boolean;
  readonly hasClientCertificate: boolean;
}

/** RFC 8446, 6.2. */
const alerts = { handshakeFailure: 40, protocolVersion: 70, insufficientSecurity: 71 } as const;
const versionNames: Readonly<Record<number, string>> = { 0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1" };
const TLS_1_2 = 0x0303;
/** The shortest RSA key that rustls takes, in bits. */
const SHORTEST_RUSTLS_KEY = 2048;

const perhapsOld = "perhaps it speaks older TLS only";
const perhapsOther = "perhaps it speaks older TLS, or TLS 1.3, only";

/**
 * Says why a handshake failed, by what the server sent rather than by the words of a TLS library: `tls.unsupported` when
 * the server's TLS is too old (a "perhaps" where it does not show), `tls.untrusted` when it did not prove that it has
 * the key of its certificate, `auth.refused` when it wants another client, `net.connect` otherwise.
 */
export async function handshakeError(failed: FailedHandshake): Promise<AmtError> {
  const { place, cause, flight } = failed;
  if (cause instanceof AmtError) return cause;
  if (flight.form === "http") return plain(place, "speaks plain HTTP, not TLS", cause);
  if (flight.form === "other") return plain(place, "does not speak TLS", cause);
  return refusedClient(failed) ?? tooOld(failed) ?? await unproved(failed) ?? ended(failed);
}

/**
 * Says what ended a connection after its handshake: `auth.refused` when the server did not take the client's
 * certificate, which with TLS 1.3 shows only then, `net.connect` otherwise.
 */
export function sessionError(place: string, cause: Error): AmtError {
  if (cause instanceof AmtError) return cause;
  return refusal(place, cause) ??
    new AmtError("net.connect", `${place}: ${spoken(cause)}`, { cause, details: { errno: codeOf(cause) } });
}

function tooOld(failed: FailedHandshake): AmtError | undefined {
  const { version, alert, wantsClient } = failed.flight;
  const chosen = version !== undefined && version < TLS_1_2 ? versionNames[version] ?? "an unknown TLS" : undefined;
  if (chosen !== undefined && (!failed.legacy || failed.stack === "rustls")) {
    return unsupported(failed, `the server speaks ${chosen} at most`, { version: chosen });
  }
  if (version === undefined && alert === alerts.protocolVersion) {
    const perhaps = failed.isCapped ? perhapsOther : perhapsOld;
    return unsupported(failed, `the server takes none of the TLS versions offered: ${perhaps}`, { alert });
  }
  const refusedSuites = alert === alerts.handshakeFailure || alert === alerts.insufficientSecurity;
  if (version === undefined && refusedSuites && !wantsClient) {
    return unsupported(failed, `the server takes none of the cipher suites offered: ${perhapsOld}`, { alert });
  }
  if (codeOf(failed.cause) === "ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED") {
    return unsupported(failed, "the server knows no secure renegotiation", {});
  }
  return undefined;
}

/** A signature that does not fit, or that this TLS cannot check. */
async function unproved(failed: FailedHandshake): Promise<AmtError | undefined> {
  const { place, cause, flight, stack } = failed;
  if (!isBadSignature(failed)) return undefined;
  const bits = flight.certificate === undefined ? undefined : await rsaBits(flight.certificate);
  if (stack === "rustls" && bits !== undefined && bits < SHORTEST_RUSTLS_KEY) {
    return unsupported(failed, `the server's RSA key has ${bits} bits, fewer than ${SHORTEST_RUSTLS_KEY}`, { bits });
  }
  return unprovedError(place, cause);
}

/** The error for a server that shows a certificate and has not got its key. */
export function unprovedError(place: string, cause: Error | undefined): AmtError {
  return new AmtError("tls.untrusted", `${place}: the server did not prove that it has its certificate's key`, {
    cause,
    hint: "Somebody else may be answering; do not connect over this network",
  });
}

/** rustls calls it by what it thinks of the certificate, which alone ends no handshake here. */
function isBadSignature({ cause, stack }: FailedHandshake): boolean {
  const code = codeOf(cause);
  if (cause === undefined || code === undefined) return false;
  if (stack === "rustls") return !/^ERR_|^E[A-Z]+$/.test(code);
  return code === "ERR_SSL_BAD_SIGNATURE" || cause.library === "rsa routines";
}

function refusedClient(failed: FailedHandshake): AmtError | undefined {
  const { place, cause, flight, hasClientCertificate } = failed;
  if (flight.wantsClient && flight.alert === alerts.handshakeFailure) {
    return clientError(place, hasClientCertificate, cause);
  }
  return cause === undefined ? undefined : refusal(place, cause);
}

function refusal(place: string, cause: Error): AmtError | undefined {
  const [, name] = /_ALERT_(\w+)$/.exec(codeOf(cause) ?? "") ?? [];
  if (name === "CERTIFICATE_REQUIRED") return clientError(place, false, cause);
  if (name !== "UNKNOWN_CA" && name !== "ACCESS_DENIED" && !name?.includes("CERTIFICATE")) return undefined;
  return clientError(place, true, cause);
}

function clientError(place: string, isGiven: boolean, cause: Error | undefined): AmtError {
  const what = isGiven ? "does not take the client's certificate" : "wants a certificate of the client";
  return new AmtError("auth.refused", `${place}: the server ${what}`, {
    cause,
    details: { alert: codeOf(cause) },
    hint: "Give a client certificate, with its key, that AMT's trusted roots and names allow",
  });
}

function ended({ place, cause, flight }: FailedHandshake): AmtError {
  const isClosed = cause === undefined || codeOf(cause) === "ECONNRESET";
  const what = isClosed ? "closed in the middle of the TLS handshake" : `no TLS handshake: ${spoken(cause)}`;
  return new AmtError("net.connect", `${place}: ${what}`, {
    cause,
    details: { errno: codeOf(cause) },
    // Some servers close where others send an alert.
    ...(isClosed && flight.form === undefined ? { hint: `Check that this port speaks TLS; ${perhapsOld}` } : {}),
  });
}

function unsupported(failed: FailedHandshake, what: string, details: Readonly<Record<string, unknown>>): AmtError {
  const { place, cause, stack } = failed;
  return new AmtError("tls.unsupported", `${place}: ${what}`, {
    cause,
    hint: wayOut(failed),
    details: { ...details, stack },
  });
}

function wayOut({ stack, legacy }: FailedHandshake): string {
  if (stack === "rustls") return "Use the executable that is made with Bun, which speaks older TLS";
  if (!legacy) return "--legacy-tls allows it; it protects little";
  return "Update the firmware; or, over a network that you trust, connect without TLS (port 16992)";
}

function plain(place: string, what: string, cause: Error | undefined): AmtError {
  return new AmtError("net.connect", `${place}: ${what}`, {
    cause,
    hint: "Use the port of TLS (16993), or connect without TLS",
  });
}

/** `unknown ca` for ERR_SSL_TLSV1_ALERT_UNKNOWN_CA; the words of libraries differ. */
function spoken(cause: Error): string {
  const code = codeOf(cause);
  const [, alert] = /_ALERT_(\w+)$/.exec(code ?? "") ?? [];
  if (alert !== undefined) return `the server says "${alert.toLowerCase().replaceAll("_", " ")}"`;
  return code ?? cause.message;
}

function codeOf(cause: Error | undefined): string | undefined {
  return (cause as { readonly code?: string } | undefined)?.code;
}

async function rsaBits(certificate: Uint8Array): Promise<number | undefined> {
  const { X509Certificate } = await import("node:crypto");
  try {
    return new X509Certificate(certificate).publicKey.asymmetricKeyDetails?.modulusLength;
  } catch {
    // Not a certificate; it may come from anybody.
    return undefined;
  }
}
