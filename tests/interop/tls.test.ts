import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tlsStack } from "../../ffi/tls_stack.ts";
import type { ByteChannel, Dialer } from "../../transport/channel.ts";
import { dialTcp } from "../../transport/tcp_dialer.ts";
import type { TlsOptions, TlsPeer } from "../../transport/tls.ts";
import { type Certificate, der, hasOpenssl, Pki, TlsServer, whyNoOpenssl } from "./openssl.ts";
import { forgedKey } from "./forged_key.ts";
import { meet } from "./meet.ts";

const stack = tlsStack();
/** Deno is kept at 1.2, for there it can be checked what it leaves out. */
const newest = stack === "rustls" ? "TLSv1.2" : "TLSv1.3";
const version3 = ["subjectAltName=DNS:amt.example"];
const anyCipher = ["-cipher", "ALL:@SECLEVEL=0"];

/** Meets a server, has a line sent back, and goes. */
async function talk(port: number, options: Partial<TlsOptions> = {}): Promise<TlsPeer> {
  const { peer, channel } = await meet(port, options);
  expect(await sentBack(channel, "amt")).toBe("tma");
  await channel[Symbol.asyncDispose]();
  return peer;
}

async function sentBack(channel: ByteChannel, line: string): Promise<string> {
  const writer = channel.writable.getWriter();
  await writer.write(new TextEncoder().encode(`${line}\n`));
  const reader = channel.readable.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.endsWith("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  return text.trimEnd();
}

describe.skipIf(!hasOpenssl)(`tlsDialer and openssl s_server${whyNoOpenssl}`, () => {
  let pki: Pki;
  let rsa: Certificate;
  let ec: Certificate;
  let root: Certificate;
  let leaf: Certificate;
  let other: Certificate;
  beforeAll(() => {
    pki = new Pki();
    rsa = pki.make("/CN=amt.example", { algorithm: "rsa:2048" });
    ec = pki.make("/CN=amt.example");
    root = pki.make("/CN=Test Root", { extensions: ["basicConstraints=critical,CA:TRUE"] });
    const extensions = ["subjectAltName=DNS:amt.example,IP:127.0.0.1"];
    leaf = pki.make("/CN=amt.example", { issuer: root, extensions });
    other = pki.make("/CN=Operator", { issuer: root });
  });
  afterAll(() => pki?.[Symbol.dispose]());

  it("connects, and shows the judge the certificate and what was agreed", async () => {
    await using server = await TlsServer.start(rsa);
    const peer = await talk(server.port);
    expect(peer).toMatchObject({ host: "127.0.0.1", port: server.port, protocol: newest });
    expect(peer.chain).toEqual([der(rsa)]);
    expect(peer.untrusted).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it("shows the judge the whole chain in its order", async () => {
    const middle = pki.make("/CN=Test Middle", { issuer: root, extensions: ["basicConstraints=critical,CA:TRUE"] });
    const lower = pki.make("/CN=amt.example", { issuer: middle });
    await using server = await TlsServer.start(lower, "-cert_chain", pki.bundle(middle, root));
    expect((await talk(server.port)).chain).toEqual([lower, middle, root].map(der));
  });

  it.each(["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"])(
    "connects with TLS 1.2 and %s",
    async (cipher) => {
      await using server = await TlsServer.start(rsa, "-tls1_2", "-cipher", cipher);
      expect(await talk(server.port)).toMatchObject({ protocol: "TLSv1.2", cipher });
    },
  );

  it("offers no more than TLS 1.2 when that is asked for", async () => {
    await using server = await TlsServer.start(rsa);
    expect((await talk(server.port, { maxVersion: "TLSv1.2" })).protocol).toBe("TLSv1.2");
  });

  // RSA key exchange and CBC: all that AMT 12 and older has.
  it.each([
    ["AES128-SHA", ["openssl", "boringssl"]],
    ["AES256-SHA", ["openssl", "boringssl"]],
    ["AES128-GCM-SHA256", ["openssl", "boringssl"]],
    ["ECDHE-RSA-AES128-SHA", ["openssl", "boringssl"]],
    ["AES128-SHA256", ["openssl"]],
    ["DHE-RSA-AES128-GCM-SHA256", ["openssl"]],
  ])("TLS 1.2 with %s connects on %j, and is unsupported elsewhere", async (cipher, stacks) => {
    await using server = await TlsServer.start(rsa, "-tls1_2", "-cipher", cipher);
    if (stacks.includes(stack)) return expect(await talk(server.port)).toMatchObject({ protocol: "TLSv1.2", cipher });
    await expect(meet(server.port)).rejects.toMatchObject({
      code: "tls.unsupported",
      exitCode: 10,
      message: expect.stringMatching(/cipher suites.*perhaps/),
      hint: stack === "rustls" ? expect.stringContaining("Bun") : expect.stringContaining("legacy"),
      details: { alert: 40 },
    });
  });

  it.each(["-tls1", "-tls1_1"])("refuses a server of %s that does not say more than that", async (version) => {
    await using server = await TlsServer.start(rsa, version, ...anyCipher);
    await expect(meet(server.port)).rejects.toMatchObject({
      code: "tls.unsupported",
      message: expect.stringMatching(/TLS versions.*perhaps/),
    });
  });

  it.each([["-tls1", "TLSv1"], ["-tls1_1", "TLSv1.1"]])(
    "legacy connects to a server of %s, but not on Deno, which tells of Bun",
    async (version, protocol) => {
      await using server = await TlsServer.start(rsa, version, "-cipher", "AES128-SHA:@SECLEVEL=0");
      const met = talk(server.port, { legacy: true });
      if (stack !== "rustls") return expect(await met).toMatchObject({ protocol, cipher: "AES128-SHA" });
      await expect(met).rejects.toMatchObject({ code: "tls.unsupported", hint: expect.stringContaining("Bun") });
    },
  );

  it("legacy takes the newest TLS where the server has it", async () => {
    await using server = await TlsServer.start(rsa);
    expect((await talk(server.port, { legacy: true })).protocol).toBe(newest);
  });

  it("a server of TLS 1.3 alone connects, but not on Deno, which tells of Bun", async () => {
    await using server = await TlsServer.start(rsa, "-tls1_3");
    if (stack !== "rustls") return expect((await talk(server.port)).protocol).toBe("TLSv1.3");
    await expect(meet(server.port)).rejects.toMatchObject({
      code: "tls.unsupported",
      message: expect.stringContaining("or TLS 1.3, only"),
      hint: expect.stringContaining("Bun"),
    });
  });

  it("each connection proves the key anew", async () => {
    await using server = await TlsServer.start(rsa);
    expect((await talk(server.port)).untrusted).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect((await talk(server.port)).untrusted).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it("an RSA key of 1024 bits connects, but not on Deno, which says so", async () => {
    const weak = pki.make("/CN=amt", { algorithm: "rsa:1024", extensions: version3 });
    await using server = await TlsServer.start(weak, "-tls1_2", ...anyCipher);
    if (stack !== "rustls") return expect((await talk(server.port, { legacy: true })).chain).toEqual([der(weak)]);
    await expect(meet(server.port)).rejects.toMatchObject({
      code: "tls.unsupported",
      message: expect.stringContaining("1024 bits"),
      hint: expect.stringContaining("Bun"),
    });
  });

  it("takes a self-signed certificate with SHA-1", async () => {
    const old = pki.make("/CN=amt", { key: rsa.key, digest: "sha1" });
    await using server = await TlsServer.start(old, "-tls1_2", ...anyCipher);
    expect((await talk(server.port)).chain).toEqual([der(old)]);
  });

  // Deno 2.9 takes any signature with a certificate that it cannot read, as one of version 1.
  it.each([
    ["-tls1_2", "version 1"],
    ["-tls1_2", "version 3"],
    ...(stack === "rustls" ? [] : [["-tls1_3", "version 1"], ["-tls1_3", "version 3"]]),
  ])("refuses a server with another's certificate and not its key (%s, %s)", async (version, form) => {
    const remade = (key: string) => pki.make("/CN=amt.example", { key, extensions: version3 });
    for (const victim of form === "version 1" ? [ec, rsa] : [remade(ec.key), remade(rsa.key)]) {
      const forged = { certificate: victim.certificate, key: forgedKey(pki.folder, victim) };
      await using server = await TlsServer.start(forged, version);
      let isJudged = false;
      const judge = () => Promise.resolve(void (isJudged = true));
      await expect(meet(server.port, { judge })).rejects.toMatchObject({
        code: "tls.untrusted",
        exitCode: 11,
        message: expect.stringContaining("did not prove"),
      });
      expect(isJudged).toBe(false);
    }
  });

  describe("untrusted", () => {
    const roots = () => readFileSync(root.certificate, "utf8");
    it("is undefined when the roots vouch for the certificate and the name", async () => {
      await using server = await TlsServer.start(leaf);
      expect((await talk(server.port, { roots: roots() })).untrusted).toBeUndefined();
      expect((await talk(server.port, { roots: roots(), servername: "amt.example" })).untrusted).toBeUndefined();
    });
    it("tells of another name", async () => {
      await using server = await TlsServer.start(leaf);
      const peer = await talk(server.port, { roots: roots(), servername: "other.example" });
      expect(peer.untrusted).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    });
    it("tells of a certificate that expired", async () => {
      const expired = pki.make("/CN=amt.example", {
        issuer: root,
        days: -1,
        extensions: ["subjectAltName=IP:127.0.0.1"],
      });
      await using server = await TlsServer.start(expired);
      expect((await talk(server.port, { roots: roots() })).untrusted).toBe("CERT_HAS_EXPIRED");
    });
    // Deno 2.9 takes any signature of a root's name for the root's, where it cannot read the certificate.
    it.each([["version 1", []], ["no readable extension", ["basicConstraints=DER:0101"]]])(
      "tells of an issuer that only has the name of a root, with a certificate of %s",
      async (_, extensions) => {
        const impostor = pki.make("/CN=Test Root", { extensions: ["basicConstraints=critical,CA:TRUE"] });
        const signed = pki.make("/CN=amt.example", { issuer: impostor, extensions });
        await using server = await TlsServer.start(signed, ...anyCipher);
        const met = talk(server.port, { roots: roots(), servername: "amt.example" });
        // OpenSSL, as a server of TLS 1.2, has no use for such a certificate; BoringSSL neither.
        if (stack !== "openssl" && extensions.length > 0) return await expect(met).rejects.toThrow();
        expect((await met).untrusted).toBeDefined();
      },
    );
    it("is undefined for a certificate of version 1 too", async () => {
      const signed = pki.make("/CN=amt.example", { issuer: root });
      await using server = await TlsServer.start(signed);
      expect((await talk(server.port, { roots: roots(), servername: "amt.example" })).untrusted).toBeUndefined();
    });
    it("tells of an issuer that the runtime's own roots do not have", async () => {
      await using server = await TlsServer.start(leaf);
      expect((await talk(server.port)).untrusted).toMatch(/^UNABLE_TO_/);
    });
  });

  describe("a server that wants a client certificate", () => {
    const wants = () => ["-Verify", "2", "-verify_return_error", "-CAfile", root.certificate];
    const pem = ({ certificate, key }: Certificate) => ({
      certificate: readFileSync(certificate, "utf8"),
      key: readFileSync(key, "utf8"),
    });
    const versions = stack === "rustls" ? ["-tls1_2"] : ["-tls1_2", "-tls1_3"];
    /** With TLS 1.3 the refusal comes after the handshake. */
    const refusal = (port: number, options: Partial<TlsOptions>) => talk(port, options).then(() => undefined, (e) => e);

    it.each(versions)("takes one that its root signed (%s)", async (version) => {
      await using server = await TlsServer.start(leaf, version, ...wants());
      await talk(server.port, { clientCertificate: pem(other) });
    });
    it.each(versions)("is told when there is none (%s)", async (version) => {
      await using server = await TlsServer.start(leaf, version, ...wants());
      expect(await refusal(server.port, {})).toMatchObject({
        code: "auth.refused",
        exitCode: 9,
        message: expect.stringContaining("wants a certificate of the client"),
      });
    });
    it.each(versions)("is told when it does not take it (%s)", async (version) => {
      await using server = await TlsServer.start(leaf, version, ...wants());
      expect(await refusal(server.port, { clientCertificate: pem(ec) })).toMatchObject({
        code: "auth.refused",
        message: expect.stringContaining("does not take the client's certificate"),
      });
    });
    it.each([
      ["no PEM", { certificate: "none", key: "none" }],
      ["a key of another", () => ({ ...pem(other), key: pem(ec).key })],
    ])("is not asked when the certificate is %s: usage", async (_, given) => {
      await using server = await TlsServer.start(leaf, ...wants());
      const clientCertificate = typeof given === "function" ? given() : given;
      await expect(meet(server.port, { clientCertificate })).rejects.toMatchObject({ code: "usage", exitCode: 2 });
    });
  });

  it("goes no further, and leaves no connection, when the judge says no", async () => {
    await using server = await TlsServer.start(ec);
    let inner: ByteChannel | undefined;
    const dial: Dialer = async (to, signal) => inner = await dialTcp(to, signal);
    await expect(meet(server.port, { judge: () => Promise.reject(new Error("no")) }, dial)).rejects.toThrow("no");
    await inner!.closed;
  });
});
