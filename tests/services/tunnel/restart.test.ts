import { describe, expect, it } from "vitest";
import { echo, source } from "../../../simulator/lme/service.ts";
import { pattern } from "../../../simulator/pattern.ts";
import type { MeiTransport } from "../../../transport/mei.ts";
import { BROKEN, Client, sha256 } from "./client.ts";
import { TunnelMachine, WAIT } from "./tunnel_machine.ts";

const endless = source();

/** Asks for an echo until one works; answers after how many ms that was. */
async function timeToEcho(port: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    using client = await Client.connect(port);
    await client.send("hello");
    const isThere = await client.has(5).then(() => true, () => false);
    client.reset();
    if (isThere) return performance.now() - start;
    if (performance.now() - start > 5000) throw new Error("no echo for 5 s");
  }
}

describe("a firmware that goes away in the middle", () => {
  it.each(["reset", "disconnect", "hangUp"] as const)(
    "by %s ends every connection with an error, and one that comes later works within 5 s",
    async (then) => {
      await using machine = await TunnelMachine.start(
        async (stream) => {
          const first = await stream.read();
          if (first !== undefined && new TextDecoder().decode(first) === "hello") await stream.write(first);
          else await endless(stream);
        },
        { credit: "bench" },
      );
      const clients = await Promise.all(Array.from({ length: 7 }, () => Client.connect(machine.port)));
      for (const client of clients) await client.send("go");
      await Promise.all(clients.map((client) => client.has(100_000)));
      machine.lme.faults.after = { bytes: 1, then };
      for (const client of clients) expect(await client.ended).toMatch(BROKEN);
      for (const client of clients) {
        const { received, digest } = client;
        expect(digest).toBe(sha256(pattern(received)));
      }
      const lost = await machine.event("lost");
      expect(lost.code).toBe(then === "disconnect" ? "firmware.refused" : "mei.reset");
      await machine.event("closed", 7);
      for (const { code, reason } of machine.named("closed")) {
        expect(code).toBe(lost.code);
        expect(reason).not.toBe("");
      }
      expect(await timeToEcho(machine.port)).toBeLessThan(5000);
      const { ports, resets, link } = machine.local.status();
      expect([ports, resets, link?.messagesReceived]).toEqual([[machine.port], 1, expect.any(Number)]);
      // The listeners stayed, and the forwards were asked for again.
      expect([machine.named("listening").length, machine.named("forward").length]).toEqual([1, 2]);
      expect(machine.named("connected")).toHaveLength(2);
      await expect.poll(() => machine.local.status().sessions, WAIT).toEqual([]);
    },
  );

  it("ends a connection of a program that takes nothing too", async () => {
    await using machine = await TunnelMachine.start(endless, { credit: "bench" });
    using client = await Client.connect(machine.port);
    await client.has(1);
    client.socket.pause();
    let before = -1;
    await expect.poll(() => before === (before = machine.lme.counts.dataBytes), { ...WAIT, interval: 100 }).toBe(true);
    machine.me.reset();
    expect(await machine.event("closed")).toMatchObject({ code: "mei.reset" });
    client.socket.resume();
    expect(await client.ended).toMatch(BROKEN);
  });

  it("ten times in a row is survived ten times", async () => {
    await using machine = await TunnelMachine.start(echo);
    for (let round = 1; round <= 10; round++) {
      machine.me.reset();
      await machine.event("connected", round + 1);
      expect(await timeToEcho(machine.port)).toBeLessThan(5000);
    }
    expect(machine.local.status().resets).toBe(10);
    expect(machine.named("listening")).toHaveLength(1);
  });

  it("and forgets its channels may send a CLOSE of old, which ends no connection of the new session", async () => {
    await using machine = await TunnelMachine.start(echo, { faults: { staleClose: true, doubleClose: true } });
    machine.me.reset();
    await machine.event("connected", 2);
    expect(await timeToEcho(machine.port)).toBeLessThan(5000);
  });

  it("lets a connection that comes while the lost link is still being closed wait for the new one", async () => {
    let letGo = () => {};
    const closing = new Promise<void>((resolve) => letGo = resolve);
    let isClosing = false;
    const slow = (mei: MeiTransport): MeiTransport => ({
      async connect(client, options) {
        const connection = await mei.connect(client, options);
        return {
          maxMessageLength: connection.maxMessageLength,
          protocolVersion: connection.protocolVersion,
          send: (message, wait) => connection.send(message, wait),
          receive: (wait) => connection.receive(wait),
          async [Symbol.asyncDispose]() {
            isClosing = true;
            await closing;
            await connection[Symbol.asyncDispose]();
          },
        };
      },
    });
    await using machine = await TunnelMachine.start(echo, { mei: slow });
    machine.me.reset();
    await expect.poll(() => isClosing, WAIT).toBe(true);
    using client = await Client.connect(machine.port);
    await client.send("hello");
    await expect.poll(() => machine.local.status().sessions.map(({ state }) => state), WAIT).toEqual(["opening"]);
    letGo();
    await client.has(5);
    expect(machine.named("closed")).toEqual([]);
    client.reset();
  });

  it("lets a connection that comes meanwhile wait for the new session", async () => {
    await using machine = await TunnelMachine.start(echo);
    machine.me.reset();
    await machine.event("lost");
    using client = await Client.connect(machine.port);
    await client.send("hello");
    await client.has(5);
    expect(client.text).toBe("hello");
    client.reset();
  });
});

describe("a firmware that takes its forwards back for a while", () => {
  it("keeps its port served, and an open that meets the gap is tried again", async () => {
    await using machine = await TunnelMachine.start(echo);
    const gap = machine.lme.reregister(300);
    await machine.event("cancel");
    using client = await Client.connect(machine.port);
    await client.send("hello");
    await client.has(5);
    await gap;
    expect(client.text).toBe("hello");
    expect([machine.named("forward").length, machine.named("listening").length]).toEqual([2, 1]);
    expect(machine.local.status().ports).toEqual([machine.port]);
    client.reset();
  });

  it("leaves connections that are open alone", async () => {
    await using machine = await TunnelMachine.start(echo);
    using client = await Client.connect(machine.port);
    await client.send("one");
    await client.has(3);
    await machine.lme.reregister();
    await client.send("two");
    await client.has(6);
    expect(client.text).toBe("onetwo");
    client.reset();
  });
});
