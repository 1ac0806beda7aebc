import { Ajv2020 } from "ajv/dist/2020.js";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { hostsFile } from "../../commands/hosts_file.ts";
import lms from "../../commands/lms.ts";
import type { LmsOutput } from "../../commands/lms.schema.ts";
import { serveStatus, socketPath } from "../../commands/lms_socket.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { AmtError } from "../../core/errors/mod.ts";
import schema from "../../schemas/lms.json" with { type: "json" };
import { mapHostName, unmapHostName } from "../../services/hosts_file.ts";
import { alertPost } from "../../simulator/lme/alert.ts";
import { echo } from "../../simulator/lme/service.ts";
import { BROKEN, Client, freePort } from "../services/tunnel/client.ts";
import { WAIT } from "../services/tunnel/tunnel_machine.ts";
import { fakeRuntime, plain } from "./fakes.ts";
import { Told, tunnelContext } from "./tunnel_context.ts";

const folder = mkdtempSync(`${tmpdir()}/amtctl-lms-`);
afterAll(() => rmSync(folder, { recursive: true }));

const validate = new Ajv2020({ strict: true }).compile(schema);
const flags = { events: false, mapHostname: false };

function expectValid(events: readonly LmsOutput[]): void {
  for (const event of events) expect(validate(event) ? "" : validate.errors).toBe("");
}

/** The command as a service, with an echo behind a free port beside AMT's. */
async function serving(more: Partial<typeof flags> = {}, ports: readonly number[] = []) {
  const port = await freePort();
  const env = { XDG_RUNTIME_DIR: mkdtempSync(`${folder}/run-`) };
  const setup = tunnelContext({ env, lme: { forwards: [port, 16993, ...ports], services: { [port]: echo } } });
  const told = new Told(lms.stream(setup.context, { ...flags, ...more }, [undefined]));
  await expect.poll(() => told.named("listening").some((event) => event.port === port), WAIT).toBe(true);
  await setup.me.lme!.ready();
  const path = `${env.XDG_RUNTIME_DIR}/amtctl-lms.sock`;
  await expect.poll(() => existsSync(path), WAIT).toBe(true);
  return {
    ...setup,
    told,
    port,
    path,
    async [Symbol.asyncDispose]() {
      setup.abort.abort();
      await told.ended;
      await Promise.all(setup.finishing);
      expect(setup.me.openConnections).toBe(0);
      expectValid(told.events);
    },
  };
}

async function status(env: Readonly<Record<string, string>>): Promise<LmsOutput> {
  const told = new Told(lms.stream(tunnelContext({ env }).context, flags, ["status"]));
  await told.ended;
  expect(told.events).toHaveLength(1);
  expectValid(told.events);
  return told.events[0]!;
}

const statusAt = (path: string) => status({ XDG_RUNTIME_DIR: path.slice(0, path.lastIndexOf("/")) });

describe("lms", () => {
  it("serves the ports that the firmware asks for, and leaves nothing when it is interrupted", async () => {
    const service = await serving();
    using client = await Client.connect(service.port);
    await client.send("hello");
    await client.has(5);
    const start = performance.now();
    service.abort.abort(new AmtError("cancelled", "interrupted"));
    await service.told.ended;
    await Promise.all(service.finishing);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(await client.ended).toMatch(BROKEN);
    expect([service.me.openConnections, existsSync(service.path)]).toEqual([0, false]);
    await expect(Client.connect(service.port)).rejects.toThrow("ECONNREFUSED");
    expectValid(service.told.events);
    expect(service.told.named("forward").map(({ port }) => port)).toEqual([service.port, 16993]);
  });

  it("leaves no descriptor over ten runs", async () => {
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const run = async () => {
      await using service = await serving();
      using client = await Client.connect(service.port);
      await client.send("hello");
      await client.has(5);
    };
    await run();
    const before = descriptors();
    for (let i = 0; i < 10; i++) await run();
    // A leak would be ten; what the runtime itself has open changes by a few.
    await expect.poll(() => descriptors() - before, WAIT).toBeLessThan(8);
  });

  it("ends with 5 when a local management service runs, and names it", async () => {
    const runtime = fakeRuntime(["lms", "--json", "--device", "sim:activated+busy"]);
    expect(await program(runtime, root)).toBe(5);
    const { error } = JSON.parse(runtime.stderr);
    expect(error.message).toBe("a local management service runs already: process lms (742)");
  });

  it("refuses another word than status with exit code 2", async () => {
    const runtime = fakeRuntime(["lms", "stop", "--json", "--device", "sim"]);
    expect([await program(runtime, root), runtime.stdout]).toEqual([2, ""]);
  });

  it("tells alerts only with --events, and refuses the firmware's channel without", async () => {
    const alert = { messageId: "iAMT0055", argument: "3", message: "" };
    await using deaf = await serving();
    expect(await deaf.me.lme!.postEvent(alert)).toEqual({ refused: 1 });
    await using service = await serving({ events: true });
    expect(await service.me.lme!.postEvent(alert)).toBe("closed");
    await expect.poll(() => service.told.named("alert").length, WAIT).toBe(1);
    expect(service.told.named("alert")[0]).toMatchObject({ ...alert, meaning: "AMT is being unprovisioned" });
  });

  it("tells of a post that is none, and goes on", async () => {
    await using service = await serving({ events: true });
    const lme = service.me.lme!;
    await lme.openDirect(
      { address: "localhost", port: 0 },
      new TextEncoder().encode("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"),
    );
    await expect.poll(() => service.told.named("problem").length, WAIT).toBe(1);
    expect(service.told.named("problem")[0]).toMatchObject({ code: "firmware.protocol" });
    expect(
      await lme.openDirect(
        { address: "localhost", port: 0 },
        alertPost({ messageId: "iAMT0069", argument: "0", message: "\x1b[31m" }, 2),
      ),
    ).toBe("closed");
    await expect.poll(() => service.told.named("alert").length, WAIT).toBe(1);
    expect(service.told.named("alert")[0]).toMatchObject({ meaning: "the time is synchronised" });
  });

  it("tells that a port is taken, and goes on with the others", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    await using service = await serving({}, [port]);
    await expect.poll(() => service.told.named("portTaken").some((event) => event.port === port), WAIT).toBe(true);
    expect(service.told.named("portTaken").find((event) => event.port === port)!.reason).toContain("EADDRINUSE");
    other.close();
    await expect.poll(() => service.told.named("listening").some((event) => event.port === port), WAIT).toBe(true);
  });
});

describe("lms status", () => {
  it("shows sessions, bytes, windows and resets", async () => {
    await using service = await serving();
    const { lme } = service.me;
    using client = await Client.connect(service.port);
    await client.send("hello");
    await client.has(5);
    const told = await statusAt(service.path);
    expect(told).toMatchObject({
      event: "status",
      pid: process.pid,
      ports: expect.arrayContaining([service.port]),
      forwards: [{ port: service.port }, { port: 16993 }],
      resets: 0,
      sessions: [{
        id: 1,
        port: service.port,
        from: `127.0.0.1:${client.socket.localPort}`,
        state: "open",
        bytesSent: 5,
        bytesReceived: 5,
      }],
      link: { channels: 1, waiting: 0 },
    });
    service.me.reset();
    await expect.poll(() => service.told.named("connected").length, WAIT).toBe(2);
    await lme!.ready();
    expect(await statusAt(service.path)).toMatchObject({ resets: 1, sessions: [], link: { channels: 0 } });
    const text = lms.renderEvent(told, plain);
    expect(text).toMatch(
      new RegExp(`^amtctl lms, process ${process.pid}, ports .*; links lost 0, sessions 1\n  1 127`),
    );
  });

  it("is for the owner alone: mode 0600 from the first moment on", async () => {
    await using service = await serving();
    const { mode } = statSync(service.path);
    expect(mode & 0o777).toBe(0o600);
  });

  it("ends with 10 where none runs", async () => {
    await expect(status({ XDG_RUNTIME_DIR: folder })).rejects.toMatchObject({ code: "net.connect", exitCode: 10 });
  });

  it("ends with 2 where there is no folder to look in", async () => {
    await expect(status({})).rejects.toMatchObject({ code: "usage" });
    await expect(status({ XDG_RUNTIME_DIR: "relative" })).rejects.toMatchObject({ code: "usage" });
  });

  it.each([["nothing", ""], ["half an object", '{"pid": 1,'], ["no JSON", "hello\n"]])(
    "ends with 10 when what answers says %s",
    async (_, answer) => {
      const runtimeFolder = mkdtempSync(`${folder}/odd-`);
      const server = createServer((socket) => socket.end(answer));
      await new Promise<void>((resolve) => server.listen(`${runtimeFolder}/amtctl-lms.sock`, resolve));
      await expect(status({ XDG_RUNTIME_DIR: runtimeFolder })).rejects.toMatchObject({ code: "net.connect" });
      await new Promise((resolve) => server.close(resolve));
    },
  );
});

describe("the socket of lms", () => {
  it("is in /run for root, in the user's own folder otherwise", () => {
    expect(socketPath(0, () => "/elsewhere")).toBe("/run/amtctl-lms.sock");
    expect(socketPath(1000, () => "/run/user/1000")).toBe("/run/user/1000/amtctl-lms.sock");
  });

  it("takes the place of a file that a run before it left", async () => {
    const path = `${mkdtempSync(`${folder}/stale-`)}/amtctl-lms.sock`;
    writeFileSync(path, "");
    await using _ = await serveStatus(path, () => ({ fresh: true }));
    expect(statSync(path).isSocket()).toBe(true);
  });

  it("does not take the place of one that answers", async () => {
    const path = `${mkdtempSync(`${folder}/second-`)}/amtctl-lms.sock`;
    await using _ = await serveStatus(path, () => ({}));
    await expect(serveStatus(path, () => ({}))).rejects.toMatchObject({ code: "mei.busy" });
    expect(existsSync(path)).toBe(true);
  });

  it("ends with io.write where it cannot be made", async () => {
    await expect(serveStatus(`${folder}/nowhere/amtctl-lms.sock`, () => ({}))).rejects.toMatchObject({
      code: "io.write",
    });
  });

  it("does not wait for a program that stays connected, at its end", async () => {
    const path = `${mkdtempSync(`${folder}/stay-`)}/amtctl-lms.sock`;
    const server = await serveStatus(path, () => ({ text: "x".repeat(1 << 20) }));
    const socket = connect({ path, allowHalfOpen: true });
    socket.pause();
    socket.on("error", () => {});
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    const start = performance.now();
    await server[Symbol.asyncDispose]();
    expect([performance.now() - start < 1000, existsSync(path)]).toEqual([true, false]);
    socket.destroy();
  });
});

describe("the hosts file of lms", () => {
  it("keeps its mode, its owner and its other lines", async () => {
    const path = `${folder}/hosts`;
    const text = "127.0.0.1 localhost\n# a remark \u00fc\n192.0.2.7\tprinter";
    writeFileSync(path, text);
    chmodSync(path, 0o640);
    const isRoot = process.getuid!() === 0;
    if (isRoot) chownSync(path, 1234, 1235);
    const before = statSync(path);
    await mapHostName(await hostsFile(path), "laptop1.example.com");
    expect(readFileSync(path, "utf8")).toBe(`${text}\n127.0.0.1\tlaptop1.example.com # amtctl lms\n`);
    const after = statSync(path);
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    // By a rename: whoever reads it sees one of both, whole.
    expect(after.ino).not.toBe(before.ino);
    await unmapHostName(await hostsFile(path));
    expect(readFileSync(path, "utf8")).toBe(`${text}\n`);
    expect(readdirSync(folder).filter((name) => name.startsWith("hosts"))).toEqual(["hosts"]);
  });
});

describe("lms, events in words", () => {
  const at = "2030-01-02T03:04:05.678Z";
  const events: LmsOutput[] = [
    { at, event: "listening", port: 16992, addresses: ["127.0.0.1"] },
    { at, event: "alert", messageId: "iAMT0055", argument: "2", message: "", meaning: "AMT is set up" },
    { at, event: "alert", messageId: "iAMT1234", argument: "", message: "hello", meaning: null },
    { at, event: "hostName", name: "amt.example", mapped: true },
    { at, event: "problem", reason: "it broke", code: "io.write" },
  ];

  it("are a line each", () => {
    expectValid(events);
    const lines = events.map((event) => lms.renderEvent(event, plain).slice(at.length + 1));
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "port 16992 leads to AMT, on 127.0.0.1
      AMT says: AMT is set up (iAMT0055-2)
      AMT says: something without a name (iAMT1234-): hello
      amt.example leads to this machine
      it broke (io.write)"
    `);
  });
});
