import { toHex } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";

/** `sha256:` and 64 lower-case hex digits: the SHA-256 of a certificate's DER, as `openssl x509 -fingerprint` has it. */
export async function fingerprintOf(certificate: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(certificate));
  return `sha256:${toHex(new Uint8Array(digest))}`;
}

/**
 * A fingerprint in the form of {@link fingerprintOf}, from `sha256:` and hex digits in any case, also in pairs parted by
 * colons; `undefined` for any other text.
 */
export function readFingerprint(text: string): string | undefined {
  const [, digits] = /^sha256[:=]([0-9a-f]{64}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(text) ?? [];
  return digits === undefined ? undefined : `sha256:${digits.replaceAll(":", "").toLowerCase()}`;
}

/** {@link readFingerprint} for what a person typed: throws `usage` for any other text. */
export function parsePin(text: string): string {
  const pin = readFingerprint(text);
  if (pin !== undefined) return pin;
  throw new AmtError("usage", `${JSON.stringify(text)} is no pin`, {
    hint: "A pin is sha256: and the 64 hex digits of a certificate's fingerprint, with or without colons",
  });
}
