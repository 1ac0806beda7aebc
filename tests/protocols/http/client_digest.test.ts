import { describe, expect, it } from "vitest";
import { AmtError, errorData } from "../../../core/errors/mod.ts";
import {
  answering,
  CHALLENGE,
  clientOf,
  guarded,
  type Heard,
  post,
  ScriptedServer,
  type ServerSide,
  text,
} from "./scripted_server.ts";

/** A challenge with another nonce. */
const fresh = (nonce: string, more = "") => CHALLENGE.replace("bQali2IAAAAAAAAAn0xaWCOcxNsRcEHX", nonce) + more;

/** Answers every request with 401 and the next challenge. */
function refusing(challenge: (n: number) => string) {
  let n = 0;
  return async (server: ServerSide, heard: Heard[]) => {
    heard.push((await server.hear())!);
    await server.unauthorized(challenge(n++));
  };
}

describe("HttpClient with a challenge", () => {
  it("answers it on a new connection, with the whole request again", async () => {
    const server = new ScriptedServer(guarded);
    await using client = clientOf(server);
    expect(text((await client.request(post("<envelope/>"))).body)).toBe("fine");
    const [first, second] = server.heard;
    expect([first!.header("Authorization"), first!.body, second!.body]).toEqual([
      undefined,
      "<envelope/>",
      "<envelope/>",
    ]);
    expect(second!.head[0]).toBe("POST /wsman HTTP/1.1");
    for (const name of ["username", "realm", "nonce", "uri", "nc", "qop"]) expect(second!.digest(name)).toBeTruthy();
    expect(server.dials).toHaveLength(2);
    expect(server.ends[0]!.isDisposed).toBe(true);
  });
  it("sends authorization unasked afterwards, and counts", async () => {
    const server = new ScriptedServer(guarded);
    await using client = clientOf(server);
    for (let i = 0; i < 3; i++) await client.request(post());
    expect(server.heard.map((each) => each.digest("nc"))).toEqual(["", "00000001", "00000002", "00000003"]);
    expect(new Set(server.heard.slice(1).map((each) => each.digest("cnonce"))).size).toBe(3);
    expect(server.dials).toHaveLength(2);
  });
  it("sends it unasked on a new connection too", async () => {
    const server = new ScriptedServer(guarded);
    await using client = clientOf(server, { keepAlive: false });
    for (let i = 0; i < 3; i++) await client.request(post());
    expect(server.heard.map((each) => each.digest("nc"))).toEqual(["", "00000001", "00000002", "00000003"]);
    expect(server.dials).toHaveLength(4);
  });
  it("has the target exactly as uri", async () => {
    const server = new ScriptedServer(guarded);
    await using client = clientOf(server);
    await client.request({ method: "GET", path: "/amt-storage/a%20b?x=1&y", changes: false });
    expect(server.heard[1]!.head[0]).toBe("GET /amt-storage/a%20b?x=1&y HTTP/1.1");
    expect(server.heard[1]!.digest("uri")).toBe("/amt-storage/a%20b?x=1&y");
  });
  it("puts a user that is not ASCII on the wire as UTF-8", async () => {
    const server = new ScriptedServer(guarded);
    await using client = clientOf(server, { credentials: { user: 'jür"gen', password: () => Promise.resolve("ß") } });
    await client.request(post());
    expect(server.heard[1]!.digest("username")).toBe('j\u00c3\u00bcr\\"gen');
  });
  it("starts to count again with a new nonce, which it takes at any time", async () => {
    let left = 2;
    const nonces = ["first", "second", "third"];
    const server = new ScriptedServer(async (side, heard) => {
      for (let request = await side.hear(); request !== undefined; request = await side.hear()) {
        heard.push(request);
        if (request.digest("nonce") === nonces[0] && left-- > 0) await side.ok();
        else {
          if (left < 0) [nonces[0], left] = [nonces[1]!, 2];
          return await side.unauthorized(fresh(nonces[0]!));
        }
      }
    });
    await using client = clientOf(server);
    for (let i = 0; i < 3; i++) expect((await client.request(post())).status).toBe(200);
    expect(server.heard.map((each) => `${each.digest("nonce")} ${each.digest("nc")}`)).toEqual([
      " ",
      "first 00000001",
      "first 00000002",
      "first 00000003",
      "second 00000001",
    ]);
  });
  it("goes on counting when the server comes with the same nonce again", async () => {
    let isForgetful = true;
    const server = new ScriptedServer(async (side, heard) => {
      for (let request = await side.hear(); request !== undefined; request = await side.hear()) {
        heard.push(request);
        if (request.digest("nc") === "" || (request.digest("nc") === "00000002" && isForgetful)) {
          isForgetful = request.digest("nc") === "";
          return await side.unauthorized();
        }
        await side.ok();
      }
    });
    await using client = clientOf(server);
    for (let i = 0; i < 2; i++) expect((await client.request(post())).status).toBe(200);
    expect(server.heard.map((each) => each.digest("nc"))).toEqual(["", "00000001", "00000002", "00000003"]);
  });
  it("takes one more when the server says that the nonce it just gave is stale", async () => {
    const challenges = [fresh("first"), fresh("second", ",stale=x").replace('stale="false"', 'stale="true"')];
    const server = new ScriptedServer(async (side, heard) => {
      heard.push((await side.hear())!);
      const next = challenges.shift();
      if (next === undefined) await side.ok();
      else await side.unauthorized(next);
    });
    await using client = clientOf(server);
    expect((await client.request(post("", { changes: true }))).status).toBe(200);
    expect(server.heard.map((each) => each.digest("nonce"))).toEqual(["", "first", "second"]);
  });
  it("takes a second 401 for wrong credentials", async () => {
    const server = new ScriptedServer(refusing((n) => fresh(`nonce${n}`)));
    await using client = clientOf(server);
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject({
      code: "auth.refused",
      exitCode: 9,
      message: "192.0.2.1:16992: it does not let admin in",
      details: { user: "admin", realm: "Digest:34BF4B5A0561F95248F58509A406E046" },
    });
    expect(server.heard).toHaveLength(2);
  });
  it("ends a storm of stale nonces after the third", async () => {
    const server = new ScriptedServer(refusing((n) => fresh(`nonce${n}`).replace('"false"', '"true"')));
    await using client = clientOf(server);
    await expect(client.request(post())).rejects.toMatchObject({ code: "auth.refused" });
    expect(server.heard).toHaveLength(3);
  });
  it.each([
    ["Negotiate", "auth.refused"],
    ['Digest realm="r"', "firmware.protocol"],
    ['Digest nonce="n"', "firmware.protocol"],
    ['Digest realm="r", nonce="n", algorithm=SHA-512', "firmware.protocol"],
  ])("does not ask for a password when the challenge is %s", async (challenge, code) => {
    let asked = 0;
    const server = new ScriptedServer(refusing(() => challenge));
    const password = () => Promise.resolve(`${asked++}`);
    await using client = clientOf(server, { credentials: { user: "admin", password } });
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject({ code });
    expect([asked, server.heard.length]).toEqual([0, 1]);
  });
  it("asks for the password once, and only after a challenge", async () => {
    let asked = 0;
    const open = new ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    const closed = new ScriptedServer(guarded);
    const credentials = { user: "admin", password: () => Promise.resolve(`${asked++}`) };
    await using first = clientOf(open, { credentials });
    await first.request(post());
    expect(asked).toBe(0);
    await using second = clientOf(closed, { credentials });
    await Promise.all([second.request(post()), second.request(post()), second.request(post())]);
    expect(asked).toBe(1);
  });
  it("rejects as the question for the password does, and asks again the next time", async () => {
    const answers = [Promise.reject(new AmtError("cancelled", "no password")), Promise.resolve("P@ssw0rd")];
    answers[0]!.catch(() => {});
    const server = new ScriptedServer(guarded);
    await using client = clientOf(server, { credentials: { user: "admin", password: () => answers.shift()! } });
    await expect(client.request(post())).rejects.toMatchObject({ code: "cancelled" });
    expect((await client.request(post())).status).toBe(200);
  });
  it("waits for the password longer than for an answer, and stops waiting when it is interrupted", async () => {
    const server = new ScriptedServer(guarded);
    const interruption = new AbortController();
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => asked = resolve);
    const password = () => {
      asked();
      return new Promise<string>(() => {});
    };
    await using client = clientOf(server, { credentials: { user: "admin", password } });
    const refused = expect(client.request(post("", { changes: true, signal: interruption.signal }))).rejects
      .toMatchObject({ code: "cancelled" });
    await isAsked;
    interruption.abort();
    await refused;
  });
  it("hands a 401 on when it has no credentials", async () => {
    const server = new ScriptedServer(guarded);
    await using client = clientOf(server, { credentials: undefined });
    const reply = await client.request(post("", { changes: true }));
    expect([reply.status, reply.headers.get("www-authenticate"), text(reply.body)]).toEqual([401, CHALLENGE, "nope"]);
    expect(reply.headers.get("server")).toBe("Intel(R) Active Management Technology 15.0.23.1706");
  });
  it("knows the header in any case, and several of them", async () => {
    const server = new ScriptedServer(
      answering(
        "HTTP/1.1 401 Unauthorized\r\nwww-AUTHENTICATE: Negotiate\r\nWww-Authenticate: " + CHALLENGE +
          "\r\nContent-Length: 0\r\n\r\n",
      ),
      guarded,
    );
    await using client = clientOf(server);
    expect((await client.request(post())).status).toBe(200);
  });
  it("needs only the head of a 401, and takes it before the body of the request was sent", async () => {
    const server = new ScriptedServer(
      async (side) => {
        await side.hearHead();
        await side.refuseMore();
        await side.say(
          `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${CHALLENGE}\r\nContent-Length: 693\r\n\r\n<html`,
        );
        await side.end();
      },
      guarded,
    );
    await using client = clientOf(server);
    const reply = await client.request(post("x".repeat(200_000), { changes: true }));
    expect([reply.status, server.heard[0]!.body.length]).toEqual([200, 200_000]);
  });
  it("asks once more when the connection is dropped before its 401 is read", async () => {
    const server = new ScriptedServer(async (side) => {
      await side.hear();
      side.reset();
    }, guarded);
    await using client = clientOf(server);
    expect((await client.request(post("", { changes: true }))).status).toBe(200);
    expect(server.dials).toHaveLength(3);
  });
  it("counts on when a request is asked once more", async () => {
    const server = new ScriptedServer(guarded, async (side, heard) => {
      heard.push((await side.hear())!);
      side.reset();
    }, guarded);
    await using client = clientOf(server);
    expect((await client.request(post())).status).toBe(200);
    expect(server.heard.map((each) => each.digest("nc"))).toEqual(["", "00000001", "00000002"]);
  });
  it("keeps the password out of errors and notes", async () => {
    const notes: string[] = [];
    const server = new ScriptedServer(refusing(() => CHALLENGE));
    await using client = clientOf(server, { onNote: (_, note) => void notes.push(note) });
    const error = await client.request(post()).catch((each) => each as AmtError);
    const seen = JSON.stringify([errorData(error as AmtError), notes, String((error as AmtError).stack)]);
    expect(notes.length).toBeGreaterThan(1);
    expect(seen).not.toMatch(/P@ssw0rd|response=|cnonce/);
  });
});
