import { describe, expect, it, vi } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import {
  answering,
  clientOf,
  keeping,
  post,
  ScriptedServer,
  type ServerSide,
  settled,
  silent,
} from "./scripted_server.ts";

/** No digest: what is told here is the same with and without one. */
const open = { credentials: undefined };

describe("HttpClient in time", () => {
  const limit = { ...open, timeoutMs: 40 };
  it.each([
    ["says nothing", silent],
    ["stops in the head", answering("HTTP/1.1 200 O")],
    ["stops in the body", answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfi")],
  ])("gives a server up that %s", async (_, script) => {
    const server = new ScriptedServer(script);
    await using client = clientOf(server, limit);
    await expect(client.request(post())).rejects.toMatchObject({
      code: "timeout",
      message: "192.0.2.1:16992: no answer within 0.04 s",
    });
    await settled();
    expect([server.dials.length, server.ends[0]!.isDisposed]).toEqual([1, true]);
  });
  it("gives a server up that does not take the request", async () => {
    const server = new ScriptedServer(() => new Promise(() => {}));
    await using client = clientOf(server, limit);
    await expect(client.request(post())).rejects.toMatchObject({ code: "timeout" });
  });
  it("gives a dialer up that does nothing, and disposes of what it brings too late", async () => {
    let bring = (_: Awaited<ReturnType<ScriptedServer["dial"]>>) => {};
    const server = new ScriptedServer(silent);
    const dial = () => new Promise<Awaited<ReturnType<ScriptedServer["dial"]>>>((resolve) => bring = resolve);
    await using client = clientOf(server, { ...limit, dial });
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject({ code: "timeout" });
    bring(await server.dial({ host: "", port: 0 }));
    await settled();
    expect(server.ends[0]!.isDisposed).toBe(true);
  });
  it("has a change that was sent for indeterminate", async () => {
    const server = new ScriptedServer(silent);
    await using client = clientOf(server, limit);
    await expect(client.request(post("", { changes: true }))).rejects.toMatchObject({
      code: "indeterminate",
      cause: { code: "timeout" },
    });
  });

  it.each([
    ["it is sent", () => Promise.resolve()],
    ["its head came", (side: ServerSide) => side.say("HTTP/1.1 200 OK\r\n")],
    ["its body has begun", (side: ServerSide) => side.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfi")],
  ])("stops at once when it is interrupted after %s", async (_, begin) => {
    const interruption = new AbortController();
    const server = new ScriptedServer(async (side) => {
      await side.hear();
      await begin(side);
      await settled();
      interruption.abort();
    });
    await using client = clientOf(server, open);
    await expect(client.request(post("", { signal: interruption.signal }))).rejects.toMatchObject({
      code: "cancelled",
    });
    await settled();
    expect([server.dials.length, server.ends[0]!.isDisposed]).toEqual([1, true]);
  });
  it("sends nothing when it was interrupted before", async () => {
    const server = new ScriptedServer(keeping);
    await using client = clientOf(server, open);
    const signal = AbortSignal.abort(new AmtError("timeout", "too late"));
    await expect(client.request(post("", { changes: true, signal }))).rejects.toMatchObject({ code: "timeout" });
    expect(server.dials).toEqual([]);
  });
  it("stops at once when it is interrupted while others are before it, who go on", async () => {
    const interruption = new AbortController();
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => answer = resolve);
    const server = new ScriptedServer(async (side, heard) => {
      heard.push((await side.hear())!);
      await mayAnswer;
      await side.ok();
      await keeping(side, heard);
    });
    await using client = clientOf(server, open);
    const first = client.request(post("a"));
    const second = client.request(post("b", { signal: interruption.signal }));
    const third = client.request(post("c"));
    interruption.abort();
    await expect(second).rejects.toMatchObject({ code: "cancelled" });
    answer();
    await Promise.all([first, third]);
    expect(server.heard.map((each) => each.body)).toEqual(["a", "c"]);
  });
  it("leaves no timer behind", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const server = new ScriptedServer(keeping);
      await using client = clientOf(server, open);
      await client.request(post());
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
