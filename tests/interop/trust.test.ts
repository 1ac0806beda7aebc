import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KnownHosts, type Trust, trustJudge, type TrustPolicy } from "../../services/trust/mod.ts";
import { dialTcp } from "../../transport/tcp_dialer.ts";
import { tlsDialer } from "../../transport/tls.ts";
import { forgedKey } from "./forged_key.ts";
import { type Certificate, hasOpenssl, opensslFingerprint, Pki, TlsServer, whyNoOpenssl } from "./openssl.ts";

describe.skipIf(!hasOpenssl)(`trustJudge, tlsDialer and openssl s_server${whyNoOpenssl}`, () => {
  let pki: Pki;
  let amt: Certificate;
  let root: Certificate;
  let path: string;
  let told: string[];
  let trusted: Trust[];
  beforeAll(() => {
    pki = new Pki();
    amt = pki.make("/CN=amt.example");
    root = pki.make("/CN=Test Root", { extensions: ["basicConstraints=critical,CA:TRUE"] });
  });
  afterAll(() => pki?.[Symbol.dispose]());
  beforeEach(() => {
    path = join(mkdtempSync(join(pki.folder, "home-")), "known_hosts");
    told = [];
    trusted = [];
  });

  async function meet(
    port: number,
    policy: Partial<TrustPolicy> = {},
    servername?: string,
  ): Promise<string | undefined> {
    const tell = (level: string, text: string) => void told.push(`${level}: ${text}`);
    const knownHosts = new KnownHosts({ path, tell });
    const judge = trustJudge({ knownHosts, tell, onTrusted: (trust) => trusted.push(trust), ...policy });
    const roots = readFileSync(root.certificate, "utf8");
    const dial = tlsDialer(dialTcp, { judge, roots, ...(servername === undefined ? {} : { servername }) });
    await using _ = await dial({ host: "127.0.0.1", port });
    return trusted.at(-1)?.by;
  }
  const known = () => existsSync(path) ? readFileSync(path, "utf8") : undefined;

  it("takes the first use for known, by the fingerprint that openssl says", async () => {
    await using server = await TlsServer.start(amt);
    expect([await meet(server.port), await meet(server.port)]).toEqual(["firstUse", "knownHosts"]);
    expect(known()).toContain(`\n127.0.0.1:${server.port} ${opensslFingerprint(amt)} `);
  });
  it("goes by a pin, and refuses another one", async () => {
    await using server = await TlsServer.start(amt);
    expect(await meet(server.port, { pins: [opensslFingerprint(amt)] })).toBe("pin");
    const wrong = meet(server.port, { pins: [opensslFingerprint(root)] });
    await expect(wrong).rejects.toMatchObject({ code: "tls.untrusted", exitCode: 11 });
    expect(known()).toBeUndefined();
  });
  it("refuses a certificate that changed, and keeps the one it knows", async () => {
    const again = pki.make("/CN=amt.example", { key: amt.key });
    await using server = await TlsServer.start(again);
    const before = `127.0.0.1:${server.port} ${opensslFingerprint(amt)} 2020-01-01\n`;
    writeFileSync(path, before);
    await expect(meet(server.port)).rejects.toMatchObject({
      code: "tls.changed",
      exitCode: 11,
      details: { fingerprint: opensslFingerprint(again), known: [opensslFingerprint(amt)] },
    });
    expect(known()).toBe(before);
  });
  it("writes nothing of a server that has not got the key", async () => {
    await using server = await TlsServer.start({ ...amt, key: forgedKey(pki.folder, amt) }, "-tls1_2");
    await expect(meet(server.port)).rejects.toMatchObject({ code: "tls.untrusted" });
    expect([known(), told, trusted]).toEqual([undefined, [], []]);
  });
  it("takes a certificate that a root signed for this name, without an entry", async () => {
    const signed = pki.make("/CN=amt.example", { issuer: root, extensions: ["subjectAltName=DNS:amt.example"] });
    await using server = await TlsServer.start(signed);
    expect(await meet(server.port, {}, "amt.example")).toBe("roots");
    expect([known(), told]).toEqual([undefined, []]);
    expect(await meet(server.port, {}, "other.example")).toBe("firstUse");
    expect(told.at(-1)).toMatch(/^warning: .* is for another name: "amt.example"$/);
  });
  it("warns at the first use of a certificate that expired", async () => {
    const expired = pki.make("/CN=amt.example", { days: -1 });
    await using server = await TlsServer.start(expired);
    expect(await meet(server.port)).toBe("firstUse");
    expect(told).toEqual([
      expect.stringMatching(/^warning: .*first use/),
      expect.stringMatching(/^warning: .* expired on \d{4}-\d\d-\d\d$/),
    ]);
  });
  it("recognises a chain made by a Management Engine", async () => {
    const ca = { extensions: ["basicConstraints=critical,CA:TRUE"] };
    const issuing = pki.make("/OU=ODCA 2 CSME P_ADL 00002701 Issuing CA/CN=www.intel.com", { issuer: root, ...ca });
    const rom = pki.make("/CN=CSME ADL ROM CA", { issuer: issuing, ...ca });
    const kernel = pki.make("/CN=CSME ADL SVN01 Kernel CA", { issuer: rom, ...ca });
    const leaf = pki.make("/CN=AMT RCFG", { issuer: kernel });
    await using server = await TlsServer.start(leaf, "-cert_chain", pki.bundle(kernel, rom, issuing));
    await meet(server.port);
    expect(trusted[0]?.onDie).toMatchObject({
      length: 4,
      state: "linked",
      topFingerprint: opensslFingerprint(root),
    });
    expect(told.at(-1)).toMatch(/^note: .*: Intel on-die certificate, chain of 4, not anchored: topmost is sha256:/);
  });
});
