import { execFile, execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../../simulator/mod.ts";
import { serve, type Serving } from "../../../simulator/serve.ts";
import { envelope } from "../wsman/console.ts";

const LOOPBACK = { address: "127.0.0.1", port: 0 };
const GET = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
const general = envelope(GET, "AMT_GeneralSettings");

function has(program: string, ...args: string[]): boolean {
  try {
    return execFileSync(program, args).length > 0;
  } catch {
    return false;
  }
}

const hasCurl = has("curl", "--version");
const hasOpenssl = has("openssl", "version");
const skipped = (is: boolean, name: string) => is ? "" : ` (skipped: no ${name})`;

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs a program that gets `input`; what it prints, and how it ends. */
function run(program: string, args: readonly string[], input = ""): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout: 15_000 }, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: `${out}${errors}` });
    });
    child.stdin!.on("error", () => {});
    child.stdin!.end(input);
  });
}

describe("serve", () => {
  const simulators: Simulator[] = [];
  const servings: Serving[] = [];
  let folder: string;
  let plain: Serving;
  let tls: Serving;
  let authority: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "amtctl-serve-"));
    const make = async (profile: string, places: Parameters<typeof serve>[1]) => {
      const simulator = createSimulator(profile);
      simulators.push(simulator);
      const serving = await serve(simulator.me, places);
      servings.push(serving);
      return serving;
    };
    plain = await make("activated", { plain: LOOPBACK });
    tls = await make("tls-only", { tls: LOOPBACK });
    authority = join(folder, "authority.pem");
    writeFileSync(authority, tls.authority!);
  });
  afterAll(async () => {
    for (const each of servings) await each[Symbol.asyncDispose]();
    for (const each of simulators) each[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  const curl = (url: string, ...args: string[]) =>
    run("curl", [
      "-sS",
      "--max-time",
      "15",
      "--digest",
      "-u",
      "admin:P@ssw0rd",
      "--data-binary",
      general,
      ...args,
      url,
    ]);

  it.skipIf(!hasCurl)(`answers curl --digest on TCP${skipped(hasCurl, "curl")}`, async () => {
    const { out } = await curl(`http://127.0.0.1:${plain.plain!.port}/wsman`, "-D", "-");
    expect(out).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(out).toMatch(/\r\nWWW-Authenticate: Digest realm=/);
    expect(out).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(out).toContain("<g:HostName>laptop1</g:HostName>");
  });

  it.skipIf(!hasCurl)(`answers curl that trusts its authority alone${skipped(hasCurl, "curl")}`, async () => {
    const url = `https://127.0.0.1:${tls.tls!.port}/wsman`;
    const { code, out } = await curl(url, "--cacert", authority);
    expect([code, out]).toEqual([0, expect.stringContaining("<g:HostName>desk6</g:HostName>")]);
    expect(await curl(url)).toMatchObject({ code: 60, out: expect.stringContaining("certificate") });
  });

  it.skipIf(!hasOpenssl)(
    `shows openssl a chain for the host name, with TLS 1.2${skipped(hasOpenssl, "openssl")}`,
    async () => {
      const args = ["s_client", "-connect", `127.0.0.1:${tls.tls!.port}`, "-CAfile", authority, "-showcerts"];
      const { out } = await run("openssl", [...args, "-verify_hostname", "desk6.example.com"]);
      expect(out).toContain("Verify return code: 0 (ok)");
      expect(out).toMatch(/subject=.*CN ?= ?desk6\.example\.com/);
      expect(out).toContain("Protocol  : TLSv1.2");
      expect(out.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    },
  );

  it.skipIf(!hasCurl)(`has the same state on TCP as in process${skipped(hasCurl, "curl")}`, async () => {
    using simulator = createSimulator("acm");
    await using both = await serve(simulator.me, { plain: LOOPBACK, tls: LOOPBACK });
    const state = await simulator.me.amt!.state();
    state.fqdn = { ...state.fqdn, fqdn: "elsewhere.example.com" };
    for (const url of [`http://127.0.0.1:${both.plain!.port}/wsman`, `https://127.0.0.1:${both.tls!.port}/wsman`]) {
      expect((await curl(url, "-k")).out).toContain("<g:HostName>elsewhere</g:HostName>");
    }
  });

  if (!("Deno" in globalThis)) {
    // Deno's TLS has no 1.1.
    it.skipIf(!hasOpenssl)(`speaks TLS 1.1 and no newer as AMT 9.5${skipped(hasOpenssl, "openssl")}`, async () => {
      using simulator = createSimulator("legacy");
      await using old = await serve(simulator.me, { tls: LOOPBACK });
      const connectWith = (...args: string[]) =>
        run("openssl", ["s_client", "-connect", `127.0.0.1:${old.tls!.port}`, ...args]);
      const { out } = await connectWith("-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0");
      expect(out).toMatch(/Cipher is AES\d+-SHA\b/);
      expect((await connectWith("-tls1_2")).out).toContain("Cipher is (NONE)");
    });
  }

  it("closes the connection of a client that speaks no TLS, and goes on", async () => {
    const client = connect(tls.tls!.port, "127.0.0.1");
    client.on("error", () => {});
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise<void>((resolve) => client.on("close", () => resolve()).resume());
    const other = connect(tls.tls!.port, "127.0.0.1");
    await new Promise<void>((resolve) => other.once("connect", () => resolve()));
    other.destroy();
  });

  it.each([
    ["a machine without AMT", "no-amt", { plain: LOOPBACK }, /no AMT/],
    ["port 16992 of AMT that speaks TLS only", "tls-only", { plain: LOOPBACK }, /16992: it speaks TLS only/],
    ["another address than a loopback one", "activated", { plain: { address: "0.0.0.0", port: 0 } }, /loopback/],
  ])("refuses %s", async (_, profile, places, message) => {
    using simulator = createSimulator(profile);
    await expect(serve(simulator.me, places)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(message),
    });
  });

  it("ends connections, and takes no more, when it is disposed", async () => {
    using simulator = createSimulator("activated");
    const serving = await serve(simulator.me, { plain: LOOPBACK });
    const client = connect(serving.plain!.port, "127.0.0.1");
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    const closed = new Promise<void>((resolve) => client.on("error", () => {}).once("close", () => resolve()));
    await serving[Symbol.asyncDispose]();
    await closed;
    await expect(
      new Promise((resolve, reject) =>
        connect(serving.plain!.port, "127.0.0.1").on("connect", resolve).on("error", reject)
      ),
    ).rejects.toThrow("ECONNREFUSED");
  });
});

describe("createIdentity", () => {
  it("is made once, for the name of AMT, and signed by its authority", async () => {
    using simulator = createSimulator("activated");
    const { amt } = simulator.me;
    const identity = await amt!.identity();
    expect(await amt!.identity()).toBe(identity);
    const [leaf, authority] = [new X509Certificate(identity.leaf.pem), new X509Certificate(identity.authority.pem)];
    expect(leaf.subject).toContain("CN=laptop1.example.com");
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(Buffer.from(identity.leaf.der, "base64").equals(leaf.raw)).toBe(true);
    expect(authority.ca).toBe(true);
  });
  it("is for the UUID of a machine without a name", async () => {
    using simulator = createSimulator("unprovisioned");
    const { leaf } = await simulator.me.amt!.identity();
    expect(leaf.subject).toBe("O=Simulated AMT,CN=1a2b3c4d-5e6f-4a10-8b01-00005e005311");
  });
});
