import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificate, openssl } from "./openssl.ts";

/**
 * A key file that says it has the public half of a victim's key, with the private half of another: OpenSSL takes it for
 * the certificate's key, and signs with what is none. Answers its path.
 */
export function forgedKey(folder: string, victim: Certificate): string {
  const pem = openssl("x509", "-in", victim.certificate, "-noout", "-pubkey");
  const victims = createPublicKey(new TextDecoder().decode(pem)).export({ format: "jwk" });
  const path = join(folder, `forged-${victims.kty}.key`);
  const isEc = victims.kty === "EC";
  const der = isEc ? ecKey(victims) : rsaKey(victims);
  writeFileSync(path, asPem(isEc ? "EC PRIVATE KEY" : "RSA PRIVATE KEY", der));
  return path;
}

/** RFC 5915 */
function ecKey(victim: JsonWebKey): Uint8Array {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  const p256 = Uint8Array.of(6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7);
  const point = value(3, Uint8Array.of(0, 4), octets(victim.x), octets(victim.y));
  return value(0x30, value(2, Uint8Array.of(1)), value(4, octets(own.d)), value(0xa0, p256), value(0xa1, point));
}

/** RFC 8017, A.1.2 */
function rsaKey(victim: JsonWebKey): Uint8Array {
  const own = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const numbers = [victim.n, victim.e, own.d, own.p, own.q, own.dp, own.dq, own.qi];
  return value(0x30, value(2, Uint8Array.of(0)), ...numbers.map((each) => value(2, unsigned(octets(each)))));
}

function value(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Uint8Array.from([tag, ...size, ...parts.flatMap((part) => [...part])]);
}

function unsigned(number: Uint8Array): Uint8Array {
  return number[0]! < 128 ? number : Uint8Array.of(0, ...number);
}

function octets(text: string | undefined): Uint8Array {
  return Uint8Array.from(atob(text!.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

function asPem(name: string, der: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g)!;
  return [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`, ""].join("\n");
}
