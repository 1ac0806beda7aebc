import { afterEach, describe, expect, it } from "vitest";
import { findLocalServices, remoteRoute, trustedDialer, tunnelRoute } from "../../../services/wsman/route.ts";
import { Tunnel } from "../../../services/tunnel/tunnel.ts";
import { createSimulator, type SimulatorOptions } from "../../../simulator/mod.ts";
import { channelPair } from "../../transport/channel_pair.ts";
import { treeHost } from "../tree_host.ts";
import { listening, type ListeningSocket } from "./listening.ts";

describe("remoteRoute", () => {
  it.each([
    [undefined, false, 16992, false],
    [undefined, true, 16993, true],
    [16992, true, 16992, true],
    [16993, false, 16993, true],
    [664, false, 664, true],
    [623, false, 623, false],
    [8080, false, 8080, false],
    [8443, true, 8443, true],
  ])("with port %s and --tls %s leads to port %s, TLS %s", (port, tls, chosen, isTls) => {
    const route = remoteRoute({ host: "amt.example", port }, tls);
    expect(route).toMatchObject({ by: "tcp", host: "amt.example", port: chosen, tls: isTls });
  });
});

describe("findLocalServices", () => {
  const at = (port: string, uid: number) => ({ local: `0100007F:${port}`, uid });
  const find = (tls: boolean, ...sockets: readonly ListeningSocket[]) =>
    findLocalServices(treeHost({ "/proc/net/tcp": listening(...sockets) }), tls);

  it.each([
    ["the plain port", false, [at("4260", 0), at("4261", 0)], { port: 16992, tls: false }],
    ["the port with TLS when there is no other", false, [at("4261", 0)], { port: 16993, tls: true }],
    ["the port with TLS when that is asked for", true, [at("4260", 0), at("4261", 0)], { port: 16993, tls: true }],
  ])("takes %s", (_, tls, sockets, route) => {
    expect(find(tls, ...sockets)).toMatchObject({ route: { by: "lms", host: "127.0.0.1", ...route }, strangers: [] });
  });
  it("finds none when nothing listens, or without TLS where it is asked for", () => {
    expect(find(false)).toEqual({ route: undefined, strangers: [] });
    expect(find(true, at("4260", 0))).toEqual({ route: undefined, strangers: [] });
  });
  it("passes a stranger over, and warns of it", () => {
    expect(find(false, at("4260", 1001))).toEqual({
      route: undefined,
      strangers: ["127.0.0.1:16992 belongs to user 1001, and not to root, so that no password is sent there"],
    });
  });
});

describe("trustedDialer", () => {
  const to = { host: "127.0.0.1", port: 16992 };
  const dialling = (tcp: string) => {
    const [client, server] = channelPair();
    const dial = trustedDialer(treeHost({ "/proc/net/tcp": tcp }), () => Promise.resolve(client));
    return { dial, client, server };
  };

  it("gives the connection when the listener is root's", async () => {
    const { dial, client } = dialling(listening({ local: "0100007F:4260", uid: 0 }));
    expect(await dial(to)).toBe(client);
    expect(client.isDisposed).toBe(false);
  });
  it.each([
    [listening({ local: "0100007F:4260", uid: 1001 }), "belongs to user 1001"],
    [listening(), "it is gone again"],
  ])("closes the connection when a stranger has taken the port, or nobody", async (tcp, message) => {
    const { dial, client } = dialling(tcp);
    await expect(dial(to)).rejects.toMatchObject({ code: "net.connect", message: expect.stringContaining(message) });
    expect(client.isDisposed).toBe(true);
  });
});

describe("tunnelRoute", () => {
  const opened: (Disposable | AsyncDisposable)[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) {
      if (Symbol.asyncDispose in each) await each[Symbol.asyncDispose]();
      else each[Symbol.dispose]();
    }
  });
  const { signal } = new AbortController();

  async function route(profile: string, tls: boolean, options: SimulatorOptions = {}) {
    const simulator = createSimulator(profile, options);
    const tunnel = await Tunnel.start(simulator.mei, { signal });
    opened.push(simulator, tunnel);
    return await tunnelRoute(tunnel, tls, signal);
  }

  it.each([
    ["activated", false, [16992, 623], 16992, false],
    ["tls-only", false, [16993, 664], 16993, true],
    ["activated", true, [16992, 16993], 16993, true],
    ["activated", true, [16993, 16992], 16993, true],
  ])("of %s with --tls %s, which forwards %s, leads to %s", async (profile, tls, forwards, port, isTls) => {
    const found = await route(profile, tls, { lme: { forwards } });
    expect(found).toMatchObject({ by: "apf", host: "127.0.0.1", port, tls: isTls });
  });
  it("rejects with net.connect when TLS is asked for and not forwarded", async () => {
    await expect(route("activated", true)).rejects.toMatchObject({
      code: "net.connect",
      message: "LME: the firmware forwards no port with TLS, only 16992, 623",
    });
  });
});
