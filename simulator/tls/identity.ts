import type { pki } from "node-forge";

export interface IdentityCertificate {
  readonly pem: string;
  /** Base64 of DER. */
  readonly der: string;
  /** As AMT writes names. */
  readonly subject: string;
}

/** What the simulated AMT proves who it is with: a certificate, and the authority that signed it. */
export interface TlsIdentity {
  readonly leaf: IdentityCertificate;
  /** Self-signed; whoever trusts it trusts the leaf. */
  readonly authority: IdentityCertificate;
  /** The leaf's private key in PEM. */
  readonly key: string;
}

const ORGANIZATION = "Simulated AMT";
const YEARS = 10;
const BITS = 2048;

/** Makes an identity for a host name, or a UUID where there is no name. Takes some tenths of a second. */
export async function createIdentity(name: string): Promise<TlsIdentity> {
  const [{ default: forge }, leafKeys, authorityKeys] = await Promise.all([
    import("node-forge"),
    keyPair(),
    keyPair(),
  ]);
  const authorityName = `Simulated AMT authority of ${name}`;
  const authority = certificate(forge, authorityName, authorityName, authorityKeys.publicKey);
  authority.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  const leaf = certificate(forge, name, authorityName, leafKeys.publicKey);
  leaf.setExtensions([
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: [{ type: 2, value: name }, { type: 7, ip: "127.0.0.1" }] },
    { name: "authorityKeyIdentifier", keyIdentifier: authority.generateSubjectKeyIdentifier().getBytes() },
  ]);
  const signer = forge.pki.privateKeyFromPem(authorityKeys.privateKey);
  for (const each of [authority, leaf]) each.sign(signer, forge.md.sha256.create());
  return { leaf: told(forge, leaf), authority: told(forge, authority), key: leafKeys.privateKey };
}

type Forge = typeof import("node-forge");

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Of RSA in PEM: the runtime makes it many times as fast as JavaScript does. */
async function keyPair(): Promise<KeyPair> {
  const { generateKeyPair } = await import("node:crypto");
  return await new Promise((resolve, reject) => {
    const options = {
      modulusLength: BITS,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    } as const;
    generateKeyPair("rsa", options, (error, publicKey, privateKey) => {
      if (error === null) resolve({ publicKey, privateKey });
      else reject(error);
    });
  });
}

function certificate({ pki }: Forge, subject: string, issuer: string, publicKey: string): pki.Certificate {
  const made = pki.createCertificate();
  made.publicKey = pki.publicKeyFromPem(publicKey);
  const [first = 0, ...others] = crypto.getRandomValues(new Uint8Array(8));
  // A positive number, without a zero in front.
  made.serialNumber = [(first & 0x3f) | 0x40, ...others].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const now = Date.now();
  // An hour ago, for machines whose clocks differ.
  made.validity.notBefore = new Date(now - 3_600_000);
  made.validity.notAfter = new Date(now + YEARS * 365 * 86_400_000);
  made.setSubject(attributes(subject));
  made.setIssuer(attributes(issuer));
  return made;
}

function attributes(name: string): pki.CertificateField[] {
  return [{ name: "organizationName", value: ORGANIZATION }, { name: "commonName", value: name }];
}

function told(forge: Forge, made: pki.Certificate): IdentityCertificate {
  const pem = forge.pki.certificateToPem(made);
  const subject = `O=${ORGANIZATION},CN=${made.subject.getField("CN").value as string}`;
  return { pem, der: pem.replace(/-----[A-Z ]+-----|\s/g, ""), subject };
}
