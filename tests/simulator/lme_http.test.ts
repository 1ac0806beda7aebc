import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pattern } from "../../simulator/pattern.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { connectedHost, LmeHost } from "./lme_host.ts";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const hash = (algorithm: string, ...parts: (string | Uint8Array)[]) =>
  parts.reduce((sum, part) => sum.update(part), createHash(algorithm)).digest("hex");

/** What the firmware answers to a request until its CLOSE, on a channel of its own. */
async function exchange(host: LmeHost, port: number, request: string): Promise<Uint8Array> {
  const { firmware } = await host.open({ port, windowBytes: 4096 });
  for (let at = 0; at < request.length; at += 499) host.data(firmware, request.slice(at, at + 499));
  const parts: Uint8Array[] = [];
  for (;;) {
    const message = await host.next();
    if (message.kind === "channelClose") break;
    if (message.kind !== "channelData") continue;
    parts.push(message.data);
    host.adjust(firmware, message.data.length);
  }
  host.closeChannel(firmware);
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function authorized(challenge: string, uri: string, user: string, password: string): string {
  const [, realm, nonce] = /realm="([^"]*)", nonce="([^"]*)"/.exec(challenge)!;
  const who = hash("md5", `${user}:${realm}:${password}`);
  const response = hash("md5", `${who}:${nonce}:00000001:abc:auth:${hash("md5", `GET:${uri}`)}`);
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=00000001, ` +
    `cnonce="abc", response="${response}"`;
}

describe("a profile's AMT behind LME", () => {
  it.each<[string, number, string, string]>([
    ["activated", 16992, "admin", "P@ssw0rd"],
    ["acm", 623, "$$OsAdmin", "simulated-osadmin-acm"],
    ["unprovisioned", 16992, "$$OsAdmin", "simulated-osadmin-unprovisioned"],
    ["legacy", 16992, "admin", "P@ssw0rd"],
  ])("of %s gives 300,000 bytes on port %i to %s", async (profile, port, user, password) => {
    const host = await connectedHost({}, profile);
    const uri = "/bytes/300000";
    const front = `GET ${uri} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n`;
    const refused = text(await exchange(host, port, `${front}\r\n`));
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    const digest = authorized(refused, uri, user, password);
    const answer = await exchange(host, port, `${front}Authorization: ${digest}\r\n\r\n`);
    const start = text(answer).indexOf("\r\n\r\n") + 4;
    expect(text(answer.subarray(0, start))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(hash("sha256", answer.subarray(start))).toBe(hash("sha256", ...pattern(300_000)));
    expect([host.lme.slotsInUse, host.lme.protocolErrors]).toEqual([0, []]);
  });

  it("of tls-only has TLS on port 16993, and closes the channel of a host that speaks none", async () => {
    const host = await new LmeHost(createSimulator("tls-only").me).shakeHands([16993, 664]);
    const answer = await exchange(host, 16993, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // A record of TLS, or nothing, but no HTTP.
    expect(text(answer)).not.toContain("HTTP");
    expect([host.lme.slotsInUse, host.lme.protocolErrors]).toEqual([0, []]);
  });

  it("of unprovisioned knows no admin", async () => {
    const host = await connectedHost({}, "unprovisioned");
    const front = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    const refused = text(await exchange(host, 16992, `${front}\r\n`));
    const digest = authorized(refused, "/", "admin", "P@ssw0rd");
    expect(text(await exchange(host, 16992, `${front}Authorization: ${digest}\r\n\r\n`))).toMatch(/^HTTP\/1\.1 401 /);
  });
});
