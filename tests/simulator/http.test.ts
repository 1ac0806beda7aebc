import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { amtSite } from "../../simulator/http/amt_site.ts";
import { DigestGuard, digestResponse } from "../../simulator/http/digest.ts";
import { httpService } from "../../simulator/http/server.ts";
import { pattern } from "../../simulator/pattern.ts";
import { MemoryStream } from "./http_stream.ts";

const realm = "Digest:34BF4B5A0561F95248F58509A406E046";
const account = { user: "admin", password: "P@ssw0rd" };
const guard = new DigestGuard(realm, () => [account]);
const service = httpService({ handler: amtSite, guard, headers: { Server: "AMT" } });

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** A header Authorization for a nonce of `guard`, computed here. */
async function authorization(method: string, uri: string, { password = "P@ssw0rd", user = "admin" } = {}) {
  const nonce = /nonce="([^"]*)"/.exec(await guard.challenge(false))![1]!;
  const response = md5(
    `${md5(`${user}:${realm}:${password}`)}:${nonce}:00000001:0a4f113b:auth:${md5(`${method}:${uri}`)}`,
  );
  const quoted = { username: user, realm, nonce, uri, cnonce: "0a4f113b", response };
  const list = Object.entries(quoted).map(([name, value]) => `${name}="${value}"`).join(", ");
  return `Authorization: Digest ${list}, qop=auth, nc=00000001\r\n`;
}

async function answer(...pieces: (string | Uint8Array)[]): Promise<string> {
  const stream = new MemoryStream(...pieces);
  await service(stream);
  return stream.text;
}

async function get(uri: string, more = ""): Promise<string> {
  return await answer(`GET ${uri} HTTP/1.1\r\nHost: x\r\n${await authorization("GET", uri)}${more}\r\n`);
}

describe("digestResponse", () => {
  it("is that of the example in RFC 2617", async () => {
    expect(
      await digestResponse({
        user: "Mufasa",
        realm: "testrealm@host.com",
        password: "Circle Of Life",
        method: "GET",
        uri: "/dir/index.html",
        nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        nc: "00000001",
        cnonce: "0a4f113b",
      }),
    ).toBe("6629fae49393a05397450978507c4ef1");
  });
});

describe("httpService", () => {
  it("meets a request without digest with a challenge as AMT has it, and closes", async () => {
    const text = await answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(text).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(text).toMatch(
      /\r\nWWW-Authenticate: Digest realm="Digest:34BF4B5A0561F95248F58509A406E046", nonce="[\w+/=]{24}",stale="false",qop="auth"\r\n/,
    );
    expect(text).toContain("\r\nConnection: close\r\n");
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
  it("passes a request with a right digest", async () => {
    const text = await get("/");
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\nServer: AMT\r\n/);
    expect(text).toContain("Transfer-Encoding: chunked\r\n\r\n");
    expect(text).toMatch(/Simulated AMT<\/body><\/html>\n\r\n0\r\n\r\n$/);
  });
  it.each<[string, string, { password?: string; user?: string }]>([
    ["a wrong password", "/", { password: "P@ssw0rd!" }],
    ["a user that is not there", "/", { user: "root" }],
    ["the digest of another path", "/bytes/1", {}],
  ])("refuses %s", async (_, uri, who) => {
    const text = await answer(`GET / HTTP/1.1\r\nHost: x\r\n${await authorization("GET", uri, who)}\r\n`);
    expect(text).toContain(" 401 ");
    expect(text).toContain('stale="false"');
  });
  it("says stale to a nonce that is not its own", async () => {
    const other = await authorization("GET", "/");
    const fresh = httpService({ handler: amtSite, guard: new DigestGuard(realm, () => [account]), headers: {} });
    const stream = new MemoryStream(`GET / HTTP/1.1\r\nHost: x\r\n${other}\r\n`);
    await fresh(stream);
    expect(stream.text).toContain('stale="true"');
  });
  it("takes several requests on one connection, however the bytes are cut", async () => {
    const one = `GET /bytes/5 HTTP/1.1\r\nHost: x\r\n${await authorization("GET", "/bytes/5")}\r\n`;
    const text = await answer(...[...`${one}${one}`].map((character) => character));
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text).not.toContain("Connection: close");
  });
  it("closes after Connection: close, and after a request of HTTP 1.0", async () => {
    expect(await get("/", "Connection: close\r\n")).toContain("Connection: close\r\n");
    const old = await answer(`GET / HTTP/1.0\r\n${await authorization("GET", "/")}\r\n`);
    expect(old).toContain("Connection: close\r\n");
    expect(old).not.toContain("chunked");
  });
  it("sends back a body with a length", async () => {
    const auth = await authorization("POST", "/echo");
    const head = `POST /echo HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 9\r\n\r\n`;
    const text = await answer(`${head}one`, "two", "six", await requestOf("/bytes/0"));
    expect(text).toContain("Content-Length: 9\r\n\r\nonetwosixHTTP/1.1 200 OK\r\n");
  });
  it("sends back a body in chunks", async () => {
    const auth = await authorization("POST", "/echo");
    const head = `POST /echo HTTP/1.1\r\nHost: x\r\n${auth}Transfer-Encoding: chunked\r\n\r\n`;
    const text = await answer(
      `${head}3;ext=1\r\none\r\n6`,
      "\r\ntwo",
      "six\r\n0\r\nTrailer: 1\r\n\r\n",
      await requestOf("/bytes/0"),
    );
    expect(text).toMatch(/\r\n\r\n0003\r\none\r\n0003\r\ntwo\r\n0003\r\nsix\r\n0\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });
  it("takes the body before it refuses, unless the client waits for 100 Continue", async () => {
    const head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n";
    const taken = new MemoryStream(`${head}\r\n`, "abc");
    await service(taken);
    expect(await taken.read()).toBeUndefined();
    const waiting = new MemoryStream(`${head}Expect: 100-continue\r\n\r\n`, "abc");
    await service(waiting);
    expect(await waiting.read()).toEqual(new TextEncoder().encode("abc"));
    for (const { text } of [taken, waiting]) expect(text).toMatch(/^HTTP\/1\.1 401 /);
  });
  it("says 100 Continue to a client that waits for it and may pass", async () => {
    const auth = await authorization("POST", "/echo");
    const head = `POST /echo HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`;
    expect(await answer(head, "abc")).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });
  it.each([
    ["no request line", "hello\r\n\r\n", 400],
    ["HTTP 2", "GET / HTTP/2.0\r\n\r\n", 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["a header without a name", "GET / HTTP/1.1\r\n: x\r\n\r\n", 400],
    ["a length that is no number", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    [
      "both length and chunks",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      400,
    ],
    ["another coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501],
    ["a chunk without size", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
    ["a line without end", `GET /${"a".repeat(9000)}`, 431],
    ["headers without end", `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(101)}`, 431],
  ])("answers %s with its status and closes", async (_, request, status) => {
    const text = await answer(request, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain("Connection: close\r\n");
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
  it.each(["", "GET / HTT", "GET / HTTP/1.1\r\nHost"])(
    "ends without a word when the client leaves after %j",
    async (text) => {
      const stream = new MemoryStream(text);
      await service(stream).catch((error) => expect(error.name).toBe("StreamGone"));
      expect(stream.text).toBe("");
    },
  );
});

describe("amtSite", () => {
  it("sends the pattern", async () => {
    const stream = new MemoryStream(await requestOf("/bytes/2000000"));
    await service(stream);
    const body = stream.written.slice(1).flatMap((part) => [part]);
    const sent = createHash("sha256");
    for (const part of body) sent.update(part);
    const wanted = createHash("sha256");
    for (const part of pattern(2_000_000)) wanted.update(part);
    expect(body.reduce((sum, part) => sum + part.length, 0)).toBe(2_000_000);
    expect(sent.digest("hex")).toBe(wanted.digest("hex"));
  });
  it.each([["/nothing", 404], ["/bytes/x", 404], ["/echo", 405]])("answers GET %s with %i", async (uri, status) => {
    expect(await get(uri)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

async function requestOf(uri: string): Promise<string> {
  return `GET ${uri} HTTP/1.1\r\nHost: x\r\n${await authorization("GET", uri)}\r\n`;
}
