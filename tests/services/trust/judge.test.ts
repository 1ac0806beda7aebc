import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Trust, trustJudge, type TrustPolicy } from "../../../services/trust/judge.ts";
import { KnownHosts } from "../../../services/trust/known_hosts.ts";
import { onDieRoot } from "../../../services/trust/on_die_root.ts";
import type { TlsPeer } from "../../../transport/tls.ts";

/** A certificate that stands in print, valid from 2019-04-03 to 2049-12-31. */
const certificate = Uint8Array.from(atob(onDieRoot), (char) => char.charCodeAt(0));
const fingerprint = "sha256:beb40bb7507b33967226aa80e084749fbb6593893c642e818d682e9a8d07fc24";
const another = `sha256:${"1".repeat(64)}`;
const place = "amt.example:16993";

let folder: string;
let path: string;
let told: string[];
let trusted: Trust[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amtctl-judge-"));
  path = join(folder, "known_hosts");
  told = [];
  trusted = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function judge(peer: Partial<TlsPeer> = {}, policy: Partial<TrustPolicy> = {}): Promise<void> {
  const tell = (level: string, text: string) => void told.push(`${level}: ${text}`);
  const knownHosts = new KnownHosts({ path, tell });
  const onTrusted = (trust: Trust) => void trusted.push(trust);
  return trustJudge({ knownHosts, tell, onTrusted, ...policy })({
    host: "amt.example",
    port: 16993,
    chain: [certificate],
    protocol: "TLSv1.2",
    cipher: "ECDHE-ECDSA-AES128-GCM-SHA256",
    untrusted: "DEPTH_ZERO_SELF_SIGNED_CERT",
    ...peer,
  });
}

describe("trustJudge", () => {
  it("warns at the first use with the fingerprint, and knows the host from then on", async () => {
    await judge();
    expect(told).toEqual([
      `warning: ${place}: first use; its certificate is taken as known from now on: ${fingerprint}`,
    ]);
    expect(readFileSync(path, "utf8")).toContain(`${place} ${fingerprint}`);
    await judge();
    expect([told.length, trusted.map(({ by }) => by)]).toEqual([1, ["firstUse", "knownHosts"]]);
  });
  it("tells what it trusted and why", async () => {
    await judge();
    expect(trusted[0]).toEqual({
      by: "firstUse",
      fingerprint,
      certificate: {
        subject: "www.intel.com",
        issuer: "www.intel.com",
        validFrom: new Date("2019-04-03T00:00:00Z"),
        validTo: new Date("2049-12-31T23:59:59Z"),
      },
      onDie: undefined,
    });
  });

  it("refuses a changed certificate, with both fingerprints, and overwrites nothing", async () => {
    const text = `${place} ${another} 2020-01-01\n`;
    writeFileSync(path, text);
    await expect(judge()).rejects.toMatchObject({
      code: "tls.changed",
      exitCode: 11,
      message: `${place}: the certificate is ${fingerprint}, known is ${another}`,
      details: { host: "amt.example", port: 16993, fingerprint, known: [another], file: path },
    });
    expect([readFileSync(path, "utf8"), trusted]).toEqual([text, []]);
  });
  it("refuses a changed certificate even when the roots vouch for the new one", async () => {
    writeFileSync(path, `${place} ${another}\n`);
    await expect(judge({ untrusted: undefined })).rejects.toMatchObject({ code: "tls.changed" });
  });
  it("refuses a certificate that changed within this run, though nothing could be written", async () => {
    const tell = () => {};
    const knownHosts = new KnownHosts({ path: undefined, tell });
    await judge({}, { knownHosts });
    await expect(judge({ chain: [Uint8Array.of(1)] }, { knownHosts })).rejects.toMatchObject({ code: "tls.changed" });
  });
  it("takes one of two that meet a host at once with different certificates", async () => {
    const met = [judge(), judge({ chain: [Uint8Array.of(1)] })];
    const ends = await Promise.allSettled(met);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(ends.find((end) => end.status === "rejected")).toMatchObject({ reason: { code: "tls.changed" } });
  });

  it("writes nothing and says nothing when the roots vouch", async () => {
    await judge({ untrusted: undefined });
    expect([trusted.map(({ by }) => by), told, existsSync(path)]).toEqual([["roots"], [], false]);
  });

  it("goes by the pin alone, and writes nothing", async () => {
    writeFileSync(path, `${place} ${another}\n`);
    await judge({}, { pins: [another, fingerprint] });
    expect([trusted.map(({ by }) => by), told]).toEqual([["pin"], []]);
  });
  it("refuses what no pin fits, whatever else speaks for it", async () => {
    writeFileSync(path, `${place} ${fingerprint}\n`);
    const policy = { pins: [another], insecure: true };
    await expect(judge({ untrusted: undefined }, policy)).rejects.toMatchObject({
      code: "tls.untrusted",
      exitCode: 11,
      message: `${place}: the certificate is ${fingerprint}, pinned is ${another}`,
    });
  });

  it("insecure takes all, warns each time and writes nothing", async () => {
    writeFileSync(path, `${place} ${another}\n`);
    await judge({}, { insecure: true });
    await judge({}, { insecure: true });
    expect(told).toEqual([1, 2].map(() => expect.stringMatching(`^warning: ${place}: INSECURE: .*${fingerprint}`)));
    expect(readFileSync(path, "utf8")).toBe(`${place} ${another}\n`);
  });

  it.each([
    ["expired on 2049-12-31", { now: () => new Date("2050-01-01") }, {}],
    ["is not valid before 2019-04-03", { now: () => new Date("2019-04-02") }, {}],
    ['is for another name: "www.intel.com"', {}, { untrusted: "ERR_TLS_CERT_ALTNAME_INVALID" }],
    ["cannot be read", {}, { chain: [Uint8Array.of(1, 2, 3)] }],
  ])("warns at the first use that the certificate %s", async (warning, policy, peer) => {
    await judge(peer, policy);
    expect(told).toEqual([
      expect.stringMatching(/^warning: .*first use/),
      `warning: ${place}: its certificate ${warning}`,
    ]);
  });
});
