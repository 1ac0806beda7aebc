import { createServer, type Server } from "node:net";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import type { Host } from "../../../ffi/host.ts";
import { loadHost } from "../../../ffi/load.ts";
import { LocalService } from "../../../services/tunnel/local_service.ts";
import { portHolder } from "../../../services/tunnel/port_holder.ts";
import { echo } from "../../../simulator/lme/service.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { BROKEN, Client, freePort } from "./client.ts";
import { TunnelMachine, WAIT } from "./tunnel_machine.ts";

const MINE = new RegExp(`^\\S+ \\(process ${process.pid}\\)$`);

async function occupied(port: number, host = "127.0.0.1"): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ port, host, ipv6Only: true }, resolve));
  return server;
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

/** The simulated machine with this process, and of this machine's sockets those that listen on `port`. */
async function hostWithSockets(port: number): Promise<Host> {
  const real = await loadHost();
  const { host } = createSimulator();
  const place = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  const isMine = (row: string) => row.includes(place);
  return Object.assign(Object.create(host), {
    readText: (path: string) =>
      path.startsWith("/proc/net/") ? real.readText(path)?.split("\n").filter(isMine).join("\n") : host.readText(path),
    processes: () => [...real.processes()].filter(({ pid }) => pid === process.pid),
  });
}

const startOn = (name: string, host?: Host) => {
  const simulator = createSimulator(name);
  const signal = new AbortController().signal;
  return LocalService.start(simulator.mei, { host: host ?? simulator.host, signal, onEvent() {} });
};

describe("LocalService", () => {
  it("serves a port on 127.0.0.1 and ::1, and on no other address", async () => {
    await using machine = await TunnelMachine.start(echo);
    expect(machine.named("listening")).toEqual([
      { event: "listening", port: machine.port, addresses: ["127.0.0.1", "::1"] },
    ]);
    const host = await loadHost();
    const own = (await host.networkInterfaces()).flatMap(({ addresses }) => addresses)
      .filter((address) => address !== "127.0.0.1" && address !== "::1" && !address.startsWith("fe80"));
    for (const address of own) {
      await expect(Client.connect(machine.port, address)).rejects.toThrow("ECONNREFUSED");
    }
  });

  it.each(["127.0.0.1", "::1"])(
    "tells who has a port on %s, and serves it as soon as it is free",
    async (address) => {
      const port = await freePort();
      const other = await occupied(port, address);
      await using machine = await TunnelMachine.start(echo, { port, host: await hostWithSockets(port) });
      const [taken] = machine.named("portTaken");
      expect(taken).toMatchObject({
        port,
        reason: expect.stringContaining("EADDRINUSE"),
        holder: expect.stringMatching(MINE),
      });
      expect(machine.local.status().ports).toEqual([]);
      await closed(other);
      await machine.event("listening");
      using client = await Client.connect(port, address);
      await client.send("hello");
      await client.has(5);
      client.reset();
      expect(machine.named("portTaken")).toHaveLength(1);
    },
  );

  it("does not serve a port that is taken when it is disposed of meanwhile", async () => {
    const port = await freePort();
    const other = await occupied(port);
    {
      await using machine = await TunnelMachine.start(echo, { port });
      expect(machine.named("portTaken")).toHaveLength(1);
    }
    await closed(other);
    await using free = await TunnelMachine.start(echo, { port });
    expect(free.named("listening")).toHaveLength(1);
  });

  it("ends with mei.busy that names a local management service that runs", async () => {
    const error = await startOn("activated+busy").catch((error: AmtError) => error);
    expect(error).toMatchObject({ code: "mei.busy", exitCode: 5 });
    expect((error as AmtError).message).toContain("process lms (742)");
  });

  it("names whoever listens on AMT's port", async () => {
    const { host } = createSimulator();
    const socket = "   0: 0100007F:4260 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1";
    const listening: Host = Object.assign(Object.create(host), {
      readText: (path: string) => path === "/proc/net/tcp" ? `  sl  local_address\n${socket}\n` : host.readText(path),
      processes: () => [{ pid: 99, name: "bun", openFiles: () => ["/dev/mei0", "socket:[4242]"] }],
    });
    await expect(startOn("activated", listening)).rejects.toThrow(/already: bun \(process 99\)$/);
  });

  it("says so where AMT is switched off", async () => {
    await expect(startOn("disabled")).rejects.toMatchObject({ code: "mei.clientNotOffered" });
  });

  it("ends its connections, and lets its ports go, at its end", async () => {
    const machine = await TunnelMachine.start(echo);
    const talking = await Client.connect(machine.port);
    await talking.send("hello");
    await talking.has(5);
    const idle = await Client.connect(machine.port);
    await machine.event("opened", 2);
    await machine[Symbol.asyncDispose]();
    expect(await talking.ended).toMatch(BROKEN);
    expect(await idle.ended).toMatch(BROKEN);
    expect(machine.named("closed").map(({ code }) => code)).toEqual(["mei.closed", "mei.closed"]);
    await expect(Client.connect(machine.port)).rejects.toThrow("ECONNREFUSED");
    await closed(await occupied(machine.port));
  });

  it("has told the end of every connection when its disposal resolves, also of one that waits or lingers", async () => {
    await using machine = await TunnelMachine.start(async (stream) => {
      if ((await stream.read())?.[0] === 1) await stream.write(Uint8Array.of(1));
      else await stream.read();
    });
    const lingering = await Client.connect(machine.port);
    await lingering.send([Uint8Array.of(1)]);
    expect(await lingering.ended).toBe("end");
    const clients = [];
    for (let i = 0; i < 9; i++) clients.push(await Client.connect(machine.port));
    await machine.event("waiting");
    machine.abort();
    await machine.local[Symbol.asyncDispose]();
    expect(machine.named("closed").map(({ id }) => id).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(machine.local.status().sessions).toEqual([]);
    for (const client of [lingering, ...clients]) client[Symbol.dispose]();
  });

  it("tells that it is connected, and ports that are taken, before it is ready", async () => {
    await using machine = await TunnelMachine.start(echo);
    let isReady = false;
    // The firmware has asked for a port, and for none of its web server's.
    const ready = machine.local.ready().then(() => isReady = true);
    ready.catch(() => {});
    expect(machine.events.map(({ event }) => event)).toEqual(["connected", "forward", "listening"]);
    expect(isReady).toBe(false);
    machine.me.reset();
    await machine.event("connected", 2);
    expect(isReady).toBe(false);
    machine.abort();
    await expect(ready).rejects.toBeInstanceOf(AmtError);
  });

  it("is ready when the firmware asks for a port after it has restarted", async () => {
    const { me, mei, host } = createSimulator("activated", { lme: { forwards: [16993], faults: { silent: true } } });
    const events: string[] = [];
    const { signal } = new AbortController();
    // The port itself is another test's: it may be taken on this machine.
    await using local = await LocalService.start(mei, {
      host,
      signal,
      onEvent: ({ event }) => void events.push(event),
    });
    const ready = local.ready();
    me.lme!.faults.silent = false;
    me.reset();
    await ready;
    expect(events.slice(0, 4)).toEqual(["connected", "lost", "connected", "forward"]);
  });

  it("does not wait for a program that reads nothing, at its end", async () => {
    const machine = await TunnelMachine.start(async (stream) => {
      for (;;) await stream.write(new Uint8Array(4096));
    }, { credit: "bench" });
    using client = await Client.connect(machine.port);
    await client.has(1);
    client.socket.pause();
    let before = -1;
    await expect.poll(() => before === (before = machine.lme.counts.dataBytes), { ...WAIT, interval: 100 }).toBe(true);
    const start = performance.now();
    await machine[Symbol.asyncDispose]();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("refuses what the firmware opens to elsewhere", async () => {
    await using machine = await TunnelMachine.start(echo, { onAlert: () => {} });
    expect(await machine.lme.openDirect({ address: "127.0.0.1", port: 22 })).toEqual({ refused: 1 });
    await using deaf = await TunnelMachine.start(echo);
    expect(await deaf.lme.openDirect({ address: "localhost", port: 0 })).toEqual({ refused: 1 });
  });
});

describe("portHolder", () => {
  it("names the process that listens, and nobody where nobody does", async () => {
    const host = await loadHost();
    const server = await occupied(0);
    const { port } = server.address() as { port: number };
    expect(portHolder(host, port)).toMatch(MINE);
    await closed(server);
    expect(portHolder(host, port)).toBeUndefined();
  });
});
