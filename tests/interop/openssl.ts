import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasOpenssl = (() => {
  try {
    return execFileSync("openssl", ["version"]).length > 0;
  } catch {
    return false;
  }
})();
export const whyNoOpenssl = hasOpenssl ? "" : " (skipped: no openssl)";

export interface Certificate {
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly key: string;
}

export interface Making {
  /** Who signs; itself when absent. */
  readonly issuer?: Certificate;
  /** One that is there, instead of a new one. */
  readonly key?: string;
  /** Of a new key; `ec:P-384` or `rsa:2048`. */
  readonly algorithm?: string;
  readonly days?: number;
  readonly digest?: "sha1" | "sha256" | "sha384";
  /** Lines of an extension section. */
  readonly extensions?: readonly string[];
}

/** A folder of keys and certificates that the openssl program makes. */
export class Pki implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "amtctl-pki-"));
  #made = 0;

  make(subject: string, making: Making = {}): Certificate {
    const { issuer, algorithm = "ec:P-256", days = 30, digest = "sha256", extensions = [] } = making;
    const serial = this.#made++;
    const name = (suffix: string) => join(this.folder, `${serial}.${suffix}`);
    const key = making.key ?? this.#key(name("key"), algorithm);
    writeFileSync(name("ext"), extensions.join("\n"));
    openssl("req", "-new", "-key", key, "-subj", subject, "-out", name("csr"));
    const signer = issuer === undefined ? ["-signkey", key] : ["-CA", issuer.certificate, "-CAkey", issuer.key];
    const common = ["-days", `${days}`, `-${digest}`, "-extfile", name("ext"), "-set_serial", `${1000 + serial}`];
    openssl("x509", "-req", "-in", name("csr"), ...signer, ...common, "-out", name("pem"));
    return { certificate: name("pem"), key };
  }

  /** One file of several certificates, in this order. */
  bundle(...certificates: readonly Certificate[]): string {
    const path = join(this.folder, `${this.#made++}.bundle`);
    writeFileSync(path, certificates.map(({ certificate }) => readFileSync(certificate, "utf8")).join(""));
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #key(path: string, algorithm: string): string {
    const [kind, size] = algorithm.split(":") as [string, string];
    const option = kind === "rsa" ? `rsa_keygen_bits:${size}` : `ec_paramgen_curve:${size}`;
    openssl("genpkey", "-algorithm", kind.toUpperCase(), "-pkeyopt", option, "-out", path);
    return path;
  }
}

/** A certificate as DER. */
export function der({ certificate }: Certificate): Uint8Array {
  return new Uint8Array(openssl("x509", "-in", certificate, "-outform", "DER"));
}

/** `sha256:` and the SHA-256 of a certificate, as the openssl program says it. */
export function opensslFingerprint({ certificate }: Certificate): string {
  const text = openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256").toString();
  return `sha256:${text.trim().split("=")[1]!.replaceAll(":", "").toLowerCase()}`;
}

export function openssl(...args: string[]): Uint8Array {
  return execFileSync("openssl", args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** `openssl s_server`, which sends each line back reversed. */
export class TlsServer implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;

  private constructor(child: ChildProcess, gone: Promise<void>, port: number) {
    this.#child = child;
    this.#gone = gone;
    this.port = port;
  }

  static async start({ certificate, key }: Certificate, ...args: readonly string[]): Promise<TlsServer> {
    const child = spawn(
      "openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", certificate, "-key", key, ...args],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    let told = "";
    const port = await new Promise<number>((resolve, reject) => {
      const onData = (chunk: Uint8Array) => {
        told += new TextDecoder().decode(chunk);
        const [, found] = /^ACCEPT 127\.0\.0\.1:(\d+)/m.exec(told) ?? [];
        if (found !== undefined) resolve(Number(found));
      };
      child.stdout!.on("data", onData);
      child.stderr!.on("data", onData);
      void gone.then(() => reject(new Error(`s_server ended: ${told}`)));
    });
    return new TlsServer(child, gone, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }
}
