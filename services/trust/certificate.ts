import type { X509Certificate } from "node:crypto";

/** What a person wants to know of a certificate. */
export interface CertificateFacts {
  /** The common name, or all of the name where there is none. */
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** Reads a certificate, DER or PEM; `undefined` when it is none that this runtime can read. */
export async function readCertificate(encoded: Uint8Array | string): Promise<X509Certificate | undefined> {
  const { X509Certificate } = await import("node:crypto");
  try {
    return new X509Certificate(encoded);
  } catch {
    // It comes from anybody, and need not be one.
    return undefined;
  }
}

/** The facts of a certificate; texts are the peer's own, and may have any character in them. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: shortName(certificate.subject),
    issuer: shortName(certificate.issuer),
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
  };
}

/** Values of a field, such as `OU`, of a name as `X509Certificate` has it: one `FIELD=value` a line. */
export function nameFields(name: string | undefined, field: string): string[] {
  const lines = (name ?? "").split("\n").filter((line) => line.startsWith(`${field}=`));
  return lines.map((line) => line.slice(field.length + 1));
}

function shortName(name: string | undefined): string {
  return nameFields(name, "CN")[0] ?? (name ?? "").replaceAll("\n", ", ");
}
