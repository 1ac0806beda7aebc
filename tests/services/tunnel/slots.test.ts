import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { echo, type Service, type ServiceStream, source } from "../../../simulator/lme/service.ts";
import { BROKEN, Client } from "./client.ts";
import { TunnelMachine, WAIT } from "./tunnel_machine.ts";

const descriptors = () => readdirSync("/proc/self/fd").length;

describe("connections at a time", () => {
  it("are eight: the ninth waits, is told of, and is served when one ends", async () => {
    await using machine = await TunnelMachine.start(echo);
    const clients = [];
    for (let i = 0; i < 8; i++) clients.push(await Client.connect(machine.port));
    await machine.event("opened", 8);
    using ninth = await Client.connect(machine.port);
    await ninth.send("ninth");
    const waiting = await machine.event("waiting");
    expect(waiting.from).toBe(`127.0.0.1:${ninth.socket.localPort}`);
    const { sessions, link } = machine.local.status();
    expect(sessions.map(({ state }) => state)).toEqual([...Array(8).fill("open"), "opening"]);
    expect([link!.channels, link!.waiting, machine.lme.slotsInUse]).toEqual([8, 1, 8]);
    expect(ninth.received).toBe(0);
    clients[3]!.reset();
    await ninth.has(5);
    expect(ninth.text).toBe("ninth");
    expect(machine.named("waiting")).toHaveLength(1);
    for (const client of [...clients, ninth]) client.reset();
    await expect.poll(() => machine.lme.slotsInUse, WAIT).toBe(0);
  });

  it("that have their answer and said that they send no more make room for one that waits", async () => {
    await using machine = await TunnelMachine.start(echo);
    const clients = [];
    for (let i = 0; i < 8; i++) {
      const client = await Client.connect(machine.port);
      await client.send("hello");
      await client.has(5);
      client.shutdown();
      clients.push(client);
    }
    using ninth = await Client.connect(machine.port);
    await ninth.send("ninth");
    await ninth.has(5);
    expect(machine.named("waiting")).toHaveLength(1);
    for (const client of [...clients, ninth]) client.reset();
  });

  it("that wait are let go when their program leaves", async () => {
    await using machine = await TunnelMachine.start(echo);
    const clients = [];
    for (let i = 0; i < 8; i++) clients.push(await Client.connect(machine.port));
    await machine.event("opened", 8);
    using ninth = await Client.connect(machine.port);
    await machine.event("waiting");
    ninth.reset();
    await expect.poll(() => machine.local.status().link!.waiting, WAIT).toBe(0);
    for (const client of clients) client.reset();
  });
});

describe("connections whose program is gone", () => {
  /** Sends back what comes; of a program that begins with q it takes no more, until it closes. */
  const stuck: Service = async (stream) => {
    const first = await stream.read();
    if (first?.[0] !== "q".charCodeAt(0)) return await stream.write(first ?? new Uint8Array());
    const isClosed = () => (stream as ServiceStream & { readonly hostClosed: boolean }).hostClosed;
    await expect.poll(isClosed, { timeout: 60_000, interval: 20 }).toBe(true);
  };

  async function eight(machine: TunnelMachine): Promise<Client[]> {
    const clients = [];
    for (let i = 0; i < 8; i++) clients.push(await Client.connect(machine.port));
    await machine.event("opened", 8);
    return clients;
  }

  async function timeToEcho(machine: TunnelMachine): Promise<number> {
    const start = performance.now();
    using client = await Client.connect(machine.port);
    await client.send("hello");
    await client.has(5);
    client.reset();
    return performance.now() - start;
  }

  it("make room at once when they have their answer", async () => {
    await using machine = await TunnelMachine.start(echo);
    for (const client of await eight(machine)) {
      await client.send("hello");
      await client.has(5);
      client[Symbol.dispose]();
    }
    expect(await timeToEcho(machine)).toBeLessThan(900);
    for (const { code } of machine.named("closed").slice(0, 8)) expect(code).toBeNull();
  });

  it.each([100_000, 1_000_000])(
    "make room within seconds while firmware does not take their %d bytes",
    async (length) => {
      await using machine = await TunnelMachine.start(stuck);
      const clients = await eight(machine);
      // The kernel keeps what is not read here, and then nobody sees the end of it by reading.
      await Promise.all(clients.map((client) => client.send([new TextEncoder().encode("q".repeat(length))])));
      const areStuck = () =>
        machine.local.status().sessions.every(({ bytesSent, sendWindowBytes }) =>
          bytesSent > 0 && sendWindowBytes === 0
        );
      await expect.poll(areStuck, WAIT).toBe(true);
      for (const client of clients) client[Symbol.dispose]();
      expect(await timeToEcho(machine)).toBeLessThan(9000);
      // Those that nobody waits behind have more time.
      const codes = machine.named("closed").map(({ code }) => code).filter((code) => code !== null);
      expect(codes.length).toBeGreaterThan(0);
      expect(new Set(codes)).toEqual(new Set(["timeout"]));
    },
  );

  it("leave the line, so that nothing is done for nobody", async () => {
    await using machine = await TunnelMachine.start(echo);
    const clients = await eight(machine);
    const ninth = await Client.connect(machine.port);
    await ninth.send("late");
    await machine.event("waiting");
    ninth[Symbol.dispose]();
    expect(await machine.event("closed")).toMatchObject({ code: "net.connect", bytesSent: 0 });
    expect(machine.local.status().link!.waiting).toBe(0);
    for (const client of clients) client.reset();
  });

  it("are no hindrance to a hundred that come at once: all wait their turn", async () => {
    await using machine = await TunnelMachine.start(echo);
    const one = async () => {
      using client = await Client.connect(machine.port);
      await client.send("hello");
      await client.has(5);
    };
    await Promise.all(Array.from({ length: 100 }, one));
    await expect.poll(() => machine.named("opened").length, WAIT).toBe(100);
  });
});

describe("an open that the firmware refuses", () => {
  it("resets the program's connection, which is no clean end", async () => {
    await using machine = await TunnelMachine.start(echo);
    machine.lme.faults.refusedOpens = 100;
    using client = await Client.connect(machine.port);
    expect(await client.ended).toMatch(BROKEN);
    const { code, reason } = await machine.event("closed");
    expect(code).toBe("net.connect");
    expect(reason).toContain("the firmware did not open it");
  });

  it("three times and then grants is granted", async () => {
    await using machine = await TunnelMachine.start(echo, { faults: { refusedOpens: 3 } });
    using client = await Client.connect(machine.port);
    await client.send("hello");
    await client.has(5);
    expect(machine.lme.faults.refusedOpens).toBe(0);
    client.reset();
  });
});

describe("1,000 opens and closes", () => {
  const hello: Service = async (stream) => {
    await stream.read();
    await source(100)(stream);
  };

  it("leak no slot, descriptor or timer", { timeout: 60_000 }, async () => {
    await using machine = await TunnelMachine.start(hello);
    const round = async (isRude: boolean) => {
      using client = await Client.connect(machine.port);
      await client.send("x");
      await client.has(100);
      if (isRude) client.reset();
      else expect(await client.ended).toBe("end");
    };
    for (let i = 0; i < 20; i++) await round(i % 2 === 0);
    await machine.event("closed", 20);
    const before = descriptors();
    for (let i = 0; i < 980; i++) await round(i % 2 === 0);
    await machine.event("closed", 1000);
    await expect.poll(() => [machine.lme.slotsInUse, machine.local.status().sessions.length], WAIT).toEqual([0, 0]);
    expect(machine.local.status().link).toMatchObject({ channels: 0, opening: 0, waiting: 0 });
    await expect.poll(() => descriptors() - before, WAIT).toBeLessThanOrEqual(2);
  });
});
