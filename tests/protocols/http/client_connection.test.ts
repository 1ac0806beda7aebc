import process from "node:process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import {
  answering,
  clientOf,
  guarded,
  type Heard,
  keeping,
  post,
  ScriptedServer,
  type ServerSide,
  settled,
  silent,
} from "./scripted_server.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

/** No digest: what is told here is the same with and without one. */
const open = { credentials: undefined };

/** Hears a request, and is gone. */
async function losing(server: ServerSide, heard: Heard[]): Promise<void> {
  heard.push((await server.hear())!);
  server.reset();
}

afterEach(() => void vi.restoreAllMocks());

describe("HttpClient's connection", () => {
  it("is kept for the next request", async () => {
    const server = new ScriptedServer(keeping);
    await using client = clientOf(server, open);
    for (let i = 0; i < 5; i++) await client.request(post());
    expect([server.heard.length, server.dials.length]).toEqual([5, 1]);
  });
  it("gathers no listeners, of which a runtime would warn on standard error", async () => {
    const warned = vi.fn();
    process.on("warning", warned);
    const server = new ScriptedServer(keeping);
    await using client = clientOf(server, open);
    for (let i = 0; i < 20; i++) await client.request(post());
    await settled();
    process.off("warning", warned);
    expect(warned.mock.calls).toEqual([]);
  });
  it("has one request at a time, in the order of the calls", async () => {
    const [order, running] = [[] as string[], { now: 0, most: 0 }];
    const server = new ScriptedServer(async (side) => {
      for (let request = await side.hear(); request !== undefined; request = await side.hear()) {
        order.push(request.body);
        running.most = Math.max(running.most, ++running.now);
        await settled();
        running.now--;
        await side.ok();
      }
    });
    await using client = clientOf(server, open);
    await Promise.all(["a", "b", "c"].map((body) => client.request(post(body))));
    expect([order, running.most]).toEqual([["a", "b", "c"], 1]);
  });
  it("goes on after a request that was refused", async () => {
    const server = new ScriptedServer(answering("nonsense\r\n\r\n"), keeping);
    await using client = clientOf(server, open);
    const first = client.request(post("a"));
    const second = client.request(post("b"));
    await expect(first).rejects.toMatchObject({ code: "firmware.protocol" });
    expect((await second).status).toBe(200);
  });
  it("is closed after each answer without keepAlive, and gone before the next is opened", async () => {
    const seen: boolean[] = [];
    const server = new ScriptedServer((side, heard) => {
      seen.push(server.ends.slice(0, -1).every((end) => end.isDisposed));
      return keeping(side, heard);
    });
    await using client = clientOf(server, { ...open, keepAlive: false });
    for (let i = 0; i < 3; i++) await client.request(post());
    expect(server.heard.map((each) => each.header("Connection"))).toEqual(["close", "close", "close"]);
    expect(seen).toEqual([true, true, true]);
  });
  it.each([
    ["says so", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: Close\r\n\r\nfine"],
    ["speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nfine"],
    ["says more than one answer", OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"],
  ])("is not used again when the server %s", async (_, answer) => {
    const server = new ScriptedServer(answering(answer), keeping);
    await using client = clientOf(server, open);
    await client.request(post("a", { changes: true }));
    await settled();
    await client.request(post("b", { changes: true }));
    expect([server.dials.length, server.ends[0]!.isDisposed]).toEqual([2, true]);
  });
  it("is not used again when the server ends it while it is idle", async () => {
    const server = new ScriptedServer(async (side, heard) => {
      await answering(OK)(side, heard);
      await side.end();
    }, keeping);
    await using client = clientOf(server, open);
    await client.request(post());
    await settled();
    await client.request(post("", { changes: true }));
    expect([server.dials.length, server.ends[0]!.isDisposed]).toEqual([2, true]);
  });
  it("does not take for an answer what came before the question", async () => {
    const server = new ScriptedServer(async (side, heard) => {
      await answering(OK)(side, heard);
      await settled();
      await side.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    }, keeping);
    await using client = clientOf(server, open);
    await client.request(post());
    await settled();
    await settled();
    expect((await client.request(post("", { changes: true }))).status).toBe(200);
    expect(server.dials).toHaveLength(2);
  });
  it.each([
    [19_999, true, 1],
    [20_001, true, 2],
    [20_001, false, 1],
  ])("idle for %i ms is used for a change (%s) as number %i", async (idle, changes, dials) => {
    const server = new ScriptedServer(keeping);
    await using client = clientOf(server, open);
    await client.request(post());
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + idle);
    await client.request(post("", { changes }));
    expect(server.dials).toHaveLength(dials);
  });
  it("is gone after disposal, and so is a request on it", async () => {
    const server = new ScriptedServer(silent);
    const client = clientOf(server, open);
    const refused = [post(), post()].map((each) =>
      expect(client.request(each)).rejects.toMatchObject({ code: "mei.closed" })
    );
    await settled();
    await client[Symbol.asyncDispose]();
    expect(server.ends[0]!.isDisposed).toBe(true);
    await Promise.all(refused);
    await expect(client.request(post())).rejects.toMatchObject({ code: "mei.closed" });
    expect(server.dials).toHaveLength(1);
  });
  it("rejects as the dialer does, without another try", async () => {
    let dials = 0;
    const dial = () => {
      dials++;
      return Promise.reject(new AmtError("tls.untrusted", "amt: nobody knows it"));
    };
    await using client = clientOf(new ScriptedServer(keeping), { ...open, dial });
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject({ code: "tls.untrusted" });
    expect(dials).toBe(1);
  });
});

describe("HttpClient with a lost answer", () => {
  const cutShort = (...pieces: string[]) => async (side: ServerSide, heard: Heard[]) => {
    await answering(...pieces)(side, heard);
    await side.end();
  };
  const losses = [
    ["when the connection is reset", losing],
    ["when the connection ends", cutShort()],
    ["in its head", cutShort("HTTP/1.1 200 OK\r\nContent-Le")],
    ["in its body", cutShort("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine")],
    ["in a chunk", cutShort("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nfine")],
    ["before the last chunk", cutShort("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n")],
  ] as const;

  it.each(losses)("asks once more %s", async (_, script) => {
    const server = new ScriptedServer(script, keeping);
    await using client = clientOf(server, open);
    expect((await client.request(post())).status).toBe(200);
    expect(server.heard).toHaveLength(2);
  });
  it.each(losses)("gives up at the second time %s", async (_, script) => {
    const server = new ScriptedServer(script);
    await using client = clientOf(server, open);
    await expect(client.request(post())).rejects.toMatchObject({ code: "net.connect", exitCode: 10 });
    await settled();
    expect([server.heard.length, server.ends.every((end) => end.isDisposed)]).toEqual([2, true]);
  });
  it.each(losses)("never repeats a change that may have been made %s", async (_, script) => {
    const server = new ScriptedServer(guarded, script);
    await using client = clientOf(server);
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject({
      code: "indeterminate",
      exitCode: 15,
      cause: { code: "net.connect" },
    });
    expect(server.heard).toHaveLength(2);
  });
  it("does not repeat a change on a kept connection that turns out to be closed", async () => {
    const server = new ScriptedServer(guarded, async (side, heard) => {
      await answering(OK)(side, heard);
      await losing(side, heard);
    }, keeping);
    await using client = clientOf(server);
    await client.request(post("first"));
    await expect(client.request(post("second", { changes: true }))).rejects.toMatchObject({ code: "indeterminate" });
    expect(server.heard.map((each) => each.body)).toEqual(["first", "first", "second"]);
  });
  it("does not repeat a change without credentials, since nobody may have asked for any", async () => {
    const server = new ScriptedServer(losing);
    await using client = clientOf(server, open);
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject({ code: "indeterminate" });
    expect(server.heard).toHaveLength(1);
  });
  it("has a change whose answer cannot be read for indeterminate", async () => {
    const server = new ScriptedServer(guarded, answering("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"));
    await using client = clientOf(server);
    const error = { code: "indeterminate", cause: { code: "firmware.protocol" } };
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject(error);
  });
  it("tells the channel's own error", async () => {
    const server = new ScriptedServer((side) => {
      void side.hear();
      server.ends.at(-1)!.break(new AmtError("mei.reset", "the link was reset"));
      return Promise.resolve();
    });
    await using client = clientOf(server, open);
    await expect(client.request(post())).rejects.toMatchObject({ code: "mei.reset" });
  });
});
