import { Ajv2020 } from "ajv/dist/2020.js";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { hostsFile } from "../../commands/hosts_file.ts";
import lms from "../../commands/lms.ts";
import type { LmsOutput } from "../../commands/lms.schema.ts";
import { askStatus, serveStatus, socketPath } from "../../commands/lms_socket.ts";
import { type HostNameEvent, LmsHostNames } from "../../commands/lms_host_names.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { AmtError } from "../../core/errors/mod.ts";
import schema from "../../schemas/lms.json" with { type: "json" };
import { type HostsFile, mapHostName, unmapHostNames } from "../../services/hosts_file.ts";
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
  const path = `${env.XDG_RUNTIME_DIR}/amtctl-lms-sim.sock`;
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

describe("lms, before the firmware has asked for a port", () => {
  it("shows what happens, tells that nothing was asked for, and stays through a restart", async () => {
    const { context, abort, me, finishing } = tunnelContext({ lme: { forwards: [] } });
    const told = new Told(lms.stream(context, flags, [undefined]));
    await expect.poll(() => told.named("connected").length, WAIT).toBe(1);
    me.reset();
    await expect.poll(() => told.named("connected").length, WAIT).toBe(2);
    expect(told.named("lost")).toMatchObject([{ code: "mei.reset" }]);
    abort.abort(new AmtError("cancelled", "interrupted"));
    await told.ended;
    await Promise.all(finishing);
    expect(me.openConnections).toBe(0);
    expectValid(told.events);
  });
  it("tells after a while that nothing is asked for, and goes on", { timeout: 30_000 }, async () => {
    const { context, abort } = tunnelContext({ lme: { forwards: [] } });
    const told = new Told(lms.stream(context, flags, [undefined]));
    await expect.poll(() => told.named("problem").length, { ...WAIT, timeout: 20_000 }).toBe(1);
    expect(told.named("problem")[0]).toMatchObject({ code: "timeout", hint: expect.stringContaining("amtctl doctor") });
    abort.abort(new AmtError("cancelled", "interrupted"));
    await told.ended;
    expectValid(told.events);
  });
});

describe("lms, interrupted", () => {
  it("tells how its connections end", async () => {
    const service = await serving();
    using client = await Client.connect(service.port);
    await client.send("hello");
    await client.has(5);
    service.abort.abort(new AmtError("cancelled", "interrupted"));
    await service.told.ended;
    await Promise.all(service.finishing);
    expect(service.told.named("closed")).toMatchObject([{ id: 1, bytesSent: 5, bytesReceived: 5 }]);
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

  it.each([
    ["nothing", ""],
    ["half an object", '{"pid": 1,'],
    ["no JSON", "hello\n"],
    ["null", "null\n"],
    ["a number", "5\n"],
    ["an empty object", "{}\n"],
    ["another object", '{"event":"alert","messageId":"x","argument":"","message":"","meaning":null,"at":"x"}\n'],
  ])("ends with 10 when what answers says %s", async (_, answer) => {
    const runtimeFolder = mkdtempSync(`${folder}/odd-`);
    const server = createServer((socket) => socket.end(answer));
    await new Promise<void>((resolve) => server.listen(`${runtimeFolder}/amtctl-lms-sim.sock`, resolve));
    await expect(status({ XDG_RUNTIME_DIR: runtimeFolder })).rejects.toMatchObject({ code: "net.connect" });
    await new Promise((resolve) => server.close(resolve));
  });

  it("takes exactly what its schema describes", async () => {
    await using service = await serving();
    using client = await Client.connect(service.port);
    await client.send("hello");
    await client.has(5);
    const { at: _at, event: _event, ...whole } = await statusAt(service.path);
    const answer = async (value: unknown) => {
      const runtimeFolder = mkdtempSync(`${folder}/each-`);
      const server = createServer((socket) => socket.end(JSON.stringify(value)));
      await new Promise<void>((resolve) => server.listen(`${runtimeFolder}/amtctl-lms-sim.sock`, resolve));
      const answered = await status({ XDG_RUNTIME_DIR: runtimeFolder }).then(() => true, () => false);
      await new Promise((resolve) => server.close(resolve));
      return answered;
    };
    const isValid = (value: object) => validate({ at: "", event: "status", ...value });
    const spoiled = variants(whole) as object[];
    expect(spoiled.length).toBeGreaterThan(100);
    for (const value of [whole, ...spoiled]) expect([value, await answer(value)]).toEqual([value, isValid(value)]);
  });

  it.each([[{ events: true }, "--events"], [{ mapHostname: true }, "--map-hostname"]])(
    "refuses %j, which only the service takes",
    async (more, name) => {
      const asked = new Told(lms.stream(tunnelContext().context, { ...flags, ...more }, ["status"]));
      await expect(asked.ended).rejects.toMatchObject({ code: "usage", message: `lms status takes no ${name}` });
    },
  );

  it("is answered in five seconds or not at all, however it trickles", { timeout: 15_000 }, async () => {
    const path = `${mkdtempSync(`${folder}/slow-`)}/socket`;
    const timers = new Set<ReturnType<typeof setInterval>>();
    const server = createServer((socket) => void timers.add(setInterval(() => socket.write(" "), 500)));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const start = performance.now();
    await expect(askStatus(path, new AbortController().signal)).rejects.toMatchObject({
      code: "net.connect",
      message: expect.stringContaining("no answer in time"),
    });
    expect(performance.now() - start).toBeLessThan(8000);
    for (const timer of timers) clearInterval(timer);
    await new Promise((resolve) => server.close(resolve));
  });

  it("is waited for no longer than the signal allows", async () => {
    const path = `${mkdtempSync(`${folder}/wait-`)}/socket`;
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const abort = new AbortController();
    const asking = askStatus(path, abort.signal);
    abort.abort(new AmtError("timeout", "over"));
    await expect(asking).rejects.toMatchObject({ code: "timeout" });
    await new Promise((resolve) => server.close(resolve));
  });
});

/** The value with each of its parts, in turn, left out, added to, or of another kind. */
function variants(value: unknown): unknown[] {
  if (Array.isArray(value)) return [{}, ...value.flatMap((each, i) => variants(each).map((v) => value.with(i, v)))];
  if (typeof value !== "object" || value === null) return [null, -1, 1.5, 0, 70_000, "open", {}, []];
  return [
    { ...value, more: 1 },
    ...Object.entries(value).flatMap(([name, each]) => {
      const { [name]: _left, ...without } = value as Record<string, unknown>;
      return [without, ...variants(each).map((v) => ({ ...value, [name]: v }))];
    }),
  ];
}

describe("the socket of lms", () => {
  it("is in /run for root, in the user's own folder otherwise, and a simulated machine has another one", () => {
    const of = (uid: number, simulated: boolean, folder: string) =>
      socketPath({ host: { uid }, simulated }, () => folder);
    expect(of(0, false, "/elsewhere")).toBe("/run/amtctl-lms.sock");
    expect(of(1000, false, "/run/user/1000")).toBe("/run/user/1000/amtctl-lms.sock");
    expect(of(0, true, "/elsewhere")).toBe("/run/amtctl-lms-sim.sock");
    expect(of(1000, true, "/run/user/1000")).toBe("/run/user/1000/amtctl-lms-sim.sock");
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

  it("does not take the place of one that listens and is slow to answer", async () => {
    const path = `${mkdtempSync(`${folder}/hung-`)}/amtctl-lms.sock`;
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const { ino } = statSync(path);
    await expect(serveStatus(path, () => ({}))).rejects.toMatchObject({ code: "mei.busy" });
    expect(statSync(path).ino).toBe(ino);
    await new Promise((resolve) => server.close(resolve));
  });

  it("leaves what has taken its place meanwhile", async () => {
    const path = `${mkdtempSync(`${folder}/taken-`)}/amtctl-lms.sock`;
    const first = await serveStatus(path, () => ({ first: true }));
    rmSync(path);
    await using _ = await serveStatus(path, () => ({ second: true }));
    await first[Symbol.asyncDispose]();
    expect(await askStatus(path, new AbortController().signal)).toEqual({ second: true });
    expect(readdirSync(path.slice(0, path.lastIndexOf("/")))).toEqual(["amtctl-lms.sock"]);
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
    await unmapHostNames(await hostsFile(path));
    expect(readFileSync(path, "utf8")).toBe(`${text}\n`);
    expect(readdirSync(folder).filter((name) => name.startsWith("hosts"))).toEqual(["hosts"]);
  });

  it("is replaced where it is, when it is a link", async () => {
    const place = mkdtempSync(`${folder}/link-`);
    writeFileSync(`${place}/real`, "127.0.0.1 localhost\n");
    symlinkSync("real", `${place}/hosts`);
    await mapHostName(await hostsFile(`${place}/hosts`), "laptop1");
    expect(lstatSync(`${place}/hosts`).isSymbolicLink()).toBe(true);
    expect(readFileSync(`${place}/real`, "utf8")).toContain("\tlaptop1 # amtctl lms\n");
  });
  it("rejects with a code of the catalog when it cannot be read or written", async () => {
    const place = mkdtempSync(`${folder}/none-`);
    await expect((await hostsFile(`${place}/hosts`)).read()).rejects.toMatchObject({ code: "usage" });
    await expect((await hostsFile(`${place}/hosts`)).replace("")).rejects.toBeInstanceOf(AmtError);
  });
});

describe("LmsHostNames", () => {
  function namesIn(text: string, replace?: HostsFile["replace"]) {
    const file = {
      text,
      read: () => Promise.resolve(file.text),
      replace: replace ?? ((text: string) => Promise.resolve(void (file.text = text))),
    };
    const events: HostNameEvent[] = [];
    const problems: AmtError[] = [];
    const names = new LmsHostNames(file, {
      told: (event) => void events.push(event),
      problem: (error) => void problems.push(error),
    });
    return { file, events, problems, names };
  }
  const left = "127.0.0.1 localhost\n127.0.0.1\tdead.example # amtctl lms\n";

  it("takes out, and tells, what a run left that was killed", async () => {
    const { file, events, names } = namesIn(left);
    names.clean();
    await names.restore();
    expect(file.text).toBe("127.0.0.1 localhost\n");
    expect(events).toEqual([{ event: "hostName", name: "dead.example", mapped: false }]);
  });
  it("maps one name at a time, and takes it out at the end", async () => {
    const { file, events, names } = namesIn("");
    names.map("a.example");
    names.map("a.example");
    names.map("");
    names.map("b.example");
    await names.restore();
    expect([file.text, events.map(({ name, mapped }) => `${name} ${mapped}`)]).toEqual([
      "",
      ["a.example true", "b.example true", "b.example false"],
    ]);
  });
  it("tells of a name that cannot be mapped, and rejects when the file cannot be put in order", async () => {
    const full = new AmtError("io.write", "hosts: ENOSPC");
    const { problems, names } = namesIn(left, () => Promise.reject(full));
    names.map("a.example");
    await expect(names.restore()).rejects.toBe(full);
    expect(problems).toEqual([full]);
  });
});

describe("lms, on a simulated machine", () => {
  it("refuses --map-hostname, since the hosts file is that of this machine", async () => {
    const runtime = fakeRuntime(["lms", "--map-hostname", "--device", "sim", "--json"]);
    expect(await program(runtime, root)).toBe(2);
    expect(JSON.parse(runtime.stderr).error.message).toContain("the AMT is simulated");
  });
});

describe("lms, events in words", () => {
  const at = "2030-01-02T03:04:05.678Z";
  const events: LmsOutput[] = [
    { at, event: "listening", port: 16992, addresses: ["127.0.0.1"] },
    { at, event: "alert", messageId: "iAMT0055", argument: "2", message: "", meaning: "AMT is set up" },
    { at, event: "alert", messageId: "iAMT1234", argument: "", message: "hello", meaning: null },
    { at, event: "hostName", name: "amt.example", mapped: true },
    { at, event: "hostName", name: "amt.example", mapped: false },
    { at, event: "problem", reason: "it broke", code: "io.write", hint: "Mend it" },
    { at, event: "dropped", count: 7 },
  ];

  it("are a line each", () => {
    expectValid(events);
    const lines = events.map((event) => lms.renderEvent(event, plain).slice(at.length + 1));
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "port 16992 leads to AMT, on 127.0.0.1
      AMT says: AMT is set up (iAMT0055-2)
      AMT says: something without a name (iAMT1234-): hello
      amt.example leads to this machine
      amt.example leads to this machine no more
      it broke (io.write): Mend it
      7 events are not shown: they came faster than they were read"
    `);
  });
});
