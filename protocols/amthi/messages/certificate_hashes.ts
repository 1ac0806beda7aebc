import { bytes, list, named, struct, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtAnsiString, amtBoolean } from "../types.ts";

/**
 * By Intel's guide, rpc-go and the audit record of Intel LMS. Number 3 is SHA512 in MeshCentral and in LMS's layout of
 * this entry; {@link certificateHash} decides by the bytes.
 */
export const HashAlgorithm = named(u8, { MD5: 0, SHA1: 1, SHA256: 2, SHA384: 3, SHA224: 4, SHA512: 5 });
export type HashAlgorithm = Wire<typeof HashAlgorithm>;

/** A root certificate that AMT trusts when it is set up from the network. */
export const CertificateHashEntry = struct({
  isDefault: amtBoolean,
  isActive: amtBoolean,
  /** As many bytes as the algorithm makes, then zeros. */
  hash: bytes(64),
  algorithm: HashAlgorithm,
  name: amtAnsiString,
});
export type CertificateHashEntry = Wire<typeof CertificateHashEntry>;

export const EnumerateHashHandles = message("EnumerateHashHandles", 0x0400_002c, {
  request: noData,
  response: struct({ handles: list(u32le, u32le) }),
});

export const GetCertificateHashEntry = message("GetCertificateHashEntry", 0x0400_002d, {
  request: struct({ handle: u32le }),
  response: CertificateHashEntry,
});

/** The hash without the zeros behind it, and its algorithm: 64 bytes under number 3 are a SHA512. */
export function certificateHash(
  { algorithm, hash }: Pick<CertificateHashEntry, "algorithm" | "hash">,
): { algorithm: HashAlgorithm; hash: Uint8Array } {
  const isLong = algorithm === "SHA384" && hash.subarray(48).some((byte) => byte !== 0);
  const actual = isLong ? "SHA512" : algorithm;
  return { algorithm: actual, hash: typeof actual === "string" ? hash.slice(0, hashLength[actual]) : hash };
}

const hashLength = { MD5: 16, SHA1: 20, SHA224: 28, SHA256: 32, SHA384: 48, SHA512: 64 };
