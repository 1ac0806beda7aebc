import type { CertificateHashEntry, HashAlgorithm } from "../../protocols/amthi/mod.ts";

type Roots = Map<number, CertificateHashEntry>;

/** Bytes that count up, as no hash of a certificate does. */
export function synthetic(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => first + i);
}

/** Two of them share a name, one is switched off, one was added by the owner. */
export function rootsOfAmt16(): Roots {
  return new Map([
    [0, root("Example Global Root CA", "SHA256", synthetic(0x00, 32))],
    [1, root("Example Trust Services Root", "SHA256", synthetic(0x20, 32))],
    [2, root("Example Trust Services Root", "SHA384", synthetic(0x40, 48))],
    [3, { ...root("Example Class 2 Root", "SHA1", synthetic(0x80, 20)), isActive: false }],
    [7, { ...root("Example Company Root CA", "SHA256", synthetic(0xa0, 32)), isDefault: false }],
  ]);
}

export function rootsOfAmt9(): Roots {
  return new Map([
    [0, root("Example Class 2 Root", "SHA1", synthetic(0x80, 20))],
    [1, root("Example Global Root CA", "SHA1", synthetic(0xc0, 20))],
    [2, root("Example Global Root CA", "SHA256", synthetic(0x00, 32))],
  ]);
}

function root(name: string, algorithm: HashAlgorithm, hash: Uint8Array): CertificateHashEntry {
  return { name, algorithm, hash, isDefault: true, isActive: true };
}
