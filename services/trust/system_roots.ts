import { AmtError } from "../../core/errors/mod.ts";
import { readCertificate } from "./certificate.ts";

/** Where systems keep all their roots in one file: Debian and Arch, Fedora, SUSE, Alpine. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The roots that the system's administrator trusts, PEM: of `$SSL_CERT_FILE`, or of the system's own file. `undefined`
 * where there is none, as on rescue media. Rejects with `usage` when `$SSL_CERT_FILE` has no certificate.
 */
export async function systemRoots(env: (name: string) => string | undefined): Promise<string | undefined> {
  const named = env("SSL_CERT_FILE");
  if (named !== undefined && named !== "") {
    const found = await readRoots(named);
    if (found !== undefined) return found;
    throw new AmtError("usage", `SSL_CERT_FILE: ${named} has no certificates`, {
      hint: "Name a file of PEM certificates",
    });
  }
  for (const bundle of bundles) {
    const found = await readRoots(bundle);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function readRoots(path: string): Promise<string | undefined> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(path, "utf8").catch(() => "");
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const readable: string[] = [];
  // One that cannot be read would end every handshake of Deno.
  for (const block of blocks) if (await readCertificate(block) !== undefined) readable.push(block);
  return readable.length > 0 ? readable.join("\n") : undefined;
}
