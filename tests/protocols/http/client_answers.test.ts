import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { answering, CHALLENGE, clientOf, post, ScriptedServer, settled, text } from "./scripted_server.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

async function replyTo(...pieces: string[]) {
  const server = new ScriptedServer(async (side, heard) => {
    await answering(...pieces)(side, heard);
    await side.end();
  });
  await using client = clientOf(server);
  return await client.request(post());
}

describe("HttpClient.request", () => {
  it("writes the request as HTTP/1.1, its head and its body in one piece", async () => {
    const server = new ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    await using client = clientOf(server);
    await client.request(post("<ä/>"));
    expect(server.dials).toEqual([{ host: "192.0.2.1", port: 16992 }]);
    expect(server.heard[0]!.head).toEqual([
      "POST /wsman HTTP/1.1",
      "Host: 192.0.2.1:16992",
      "Connection: keep-alive",
      "Content-Type: application/soap+xml; charset=utf-8",
      "Content-Length: 5",
    ]);
    expect([server.heard[0]!.body, server.heard[0]!.chunks]).toEqual(["<\u00c3\u00a4/>", 1]);
  });
  it.each([
    ["amt.example.org", "amt.example.org:16992"],
    ["2001:db8::1", "[2001:db8::1]:16992"],
    ["fe80::1%eth0", "[fe80::1]:16992"],
  ])("has for %s the Host %s", async (host, header) => {
    const server = new ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    await using client = clientOf(server, { host });
    await client.request(post());
    expect([server.heard[0]!.header("Host"), server.dials[0]!.host]).toEqual([header, host]);
  });
  it.each([["POST", "0"], ["PUT", "0"], ["GET", undefined], ["DELETE", undefined]])(
    "sends a %s without a body with the length %s",
    async (method, length) => {
      const server = new ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
      await using client = clientOf(server);
      await client.request({ method, path: "/wsman", changes: false });
      expect(server.heard[0]!.header("Content-Length")).toBe(length);
      expect(server.heard[0]!.header("Transfer-Encoding")).toBeUndefined();
    },
  );
  it.each([
    ["a length", ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]],
    ["a body of its own packet", ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hel", "lo"]],
    ["chunks", [CHUNKED, "5\r\nhello\r\n", "0\r\n\r\n"]],
    ["several chunks in one packet", [`${CHUNKED}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`]],
    ["half of a chunk's head", [CHUNKED + "0", "0", "5", "\r", "\nhel", "lo\r", "\n0\r\n", "\r\n"]],
    ["a chunk extension and a trailer", [`${CHUNKED}5;a=b\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n`]],
    ["every byte for itself", Array.from(`${CHUNKED}5\r\nhello\r\n0\r\n\r\n`)],
    ["the end of the connection", ["HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\nhel", "lo"]],
    ["the end of the connection, as HTTP/1.0", ["HTTP/1.0 200 OK\r\n\r\nhello"]],
    ["a 100 before it", ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]],
    ["a 100 in the same packet", ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]],
  ])("reads an answer with %s", async (_, pieces) => {
    const { status, body } = await replyTo(...pieces);
    expect([status, text(body)]).toEqual([200, "hello"]);
  });
  it("gives headers by names in lower case, and joins those that come twice", async () => {
    const { headers } = await replyTo(
      "HTTP/1.1 200 OK\r\nX-Frame-Options: DENY\r\nServer: Intel(R) Active Management Technology 16.1.25\r\n" +
        "VARY: a\r\nVary: b\r\nContent-Length: 0\r\n\r\n",
    );
    expect(Object.fromEntries(headers)).toEqual({
      "x-frame-options": "DENY",
      server: "Intel(R) Active Management Technology 16.1.25",
      vary: "a, b",
      "content-length": "0",
    });
  });
  it.each([400, 403, 404, 500, 503])("hands %i on, with its body", async (status) => {
    const reply = await replyTo(`HTTP/1.1 ${status} Whatever\r\nContent-Length: 5\r\n\r\nfault`);
    expect([reply.status, text(reply.body)]).toEqual([status, "fault"]);
  });
  it.each([
    ["what is not HTTP", ["SSH-2.0-OpenSSH_9.2\r\n"]],
    ["TLS", ["\x15\x03\x01\x00\x02\x02\x46"]],
    ["a chunk without a length", [CHUNKED, "zz\r\nhello"]],
    ["a chunk without bounds", [CHUNKED, "fffffffffffffffffff\r\nhello"]],
    ["a length that is none", ["HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"]],
    ["two lengths", ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"]],
    ["a length and chunks", ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]],
    ["a head of 20 kB", [`HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`]],
    ["a head of 20 kB in pieces", [
      "HTTP/1.1 200 OK\r\n",
      ...Array.from({ length: 200 }, (_, i) => `X-${i}: ${"x".repeat(100)}\r\n`),
    ]],
    ["another protocol", ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"]],
  ])("refuses %s", async (_, pieces) => {
    await expect(replyTo(...pieces)).rejects.toMatchObject({ code: "firmware.protocol", exitCode: 13 });
  });
  it.each([
    ["by its length", ["HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "hello", "world!"]],
    ["in chunks", [CHUNKED, "6\r\nhello \r\n", "5\r\nworld\r\n0\r\n\r\n"]],
    ["up to the end", ["HTTP/1.1 200 OK\r\n\r\n", "hello ", "world"]],
  ])("refuses a body above the limit %s", async (_, pieces) => {
    const server = new ScriptedServer(answering(...pieces));
    await using client = clientOf(server, { longestBody: 10 });
    await expect(client.request(post())).rejects.toMatchObject({
      code: "firmware.protocol",
      message: "192.0.2.1:16992: an answer of more than 10 bytes",
    });
    await settled();
    expect(server.ends[0]!.isDisposed).toBe(true);
  });
  it("takes a body of 4 MiB, and no more", async () => {
    const MiB4 = 4 * 1024 * 1024;
    const of = (length: number) => [`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`, "x".repeat(length)];
    expect((await replyTo(...of(MiB4))).body.length).toBe(MiB4);
    await expect(replyTo(...of(MiB4 + 1))).rejects.toMatchObject({ code: "firmware.protocol" });
  });
  it("ends with a reply or an AmtError whatever a server says", async () => {
    const part = fc.oneof(
      fc.constantFrom(
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 401 No\r\n",
        "HTTP/1.1 100 C\r\n",
        "\r\n",
        "\n",
        "5\r\nhello\r\n",
      ),
      fc.constantFrom("Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "0\r\n\r\n"),
      fc.constantFrom(
        `WWW-Authenticate: ${CHALLENGE}\r\n`,
        "WWW-Authenticate: Digest\r\n",
        "hello",
        "HTTP/1.0 204 N\r\n",
      ),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), fc.boolean(), async (pieces, changes) => {
        const server = new ScriptedServer(async (side, heard) => {
          await answering(...pieces)(side, heard);
          await side.end();
        });
        await using client = clientOf(server);
        const outcome = await client.request(post("", { changes })).catch((error) => error);
        expect(outcome instanceof AmtError ? outcome.code : typeof outcome.status).toMatch(
          /^(number|net\.connect|firmware\.protocol|auth\.refused|indeterminate)$/,
        );
      }),
      { numRuns: 100 },
    );
  });
  it.each([
    ["header", { headers: { "X-A": "a\r\nX-B: b" } }],
    ["path", { path: "/a b" }],
    ["method", { method: "GET IT" }],
  ])("refuses a %s that cannot be written, and sends nothing", async (_, part) => {
    let heard: unknown = "not yet";
    const server = new ScriptedServer(async (side) => void (heard = await side.hear()));
    await using client = clientOf(server, { credentials: undefined });
    await expect(client.request({ ...post("", { changes: true }), ...part })).rejects.toMatchObject({ code: "usage" });
    await settled();
    expect(heard).toBeUndefined();
  });
});
