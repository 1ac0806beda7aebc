import { Ajv2020 } from "ajv/dist/2020.js";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import type { AnyCommand, Context } from "../../commands/command.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import watchdogRun from "../../commands/watchdog_run.ts";
import type { WatchdogRunOutput } from "../../commands/watchdog_run.schema.ts";
import schema from "../../schemas/watchdog_run.json" with { type: "json" };
import type { MachineSetup } from "../services/watchdog/machine.ts";
import { stop, watchdogMachine } from "../services/watchdog/machine.ts";
import { fakeContext, fakeRuntime, plain } from "./fakes.ts";

const folder = mkdtempSync(`${tmpdir()}/amtctl-run-`);
afterAll(() => rmSync(folder, { recursive: true }));

const validate = new Ajv2020({ strict: true }).compile(schema);

function parsed(stdout: string): WatchdogRunOutput[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function run(...args: string[]) {
  const runtime = fakeRuntime(["watchdog", "run", "--ndjson", ...args], { env: { AMTCTL_DEVICE: "sim" } });
  const exitCode = await program(runtime, root);
  return { exitCode, events: parsed(runtime.stdout), stderr: runtime.stderr };
}

/** What a command has of the program itself. */
const within = (context: Context) => ({
  signal: context.signal,
  finish: (work: Promise<unknown>) => context.finish(work),
});

const names = (events: readonly { event: string }[]) => events.map(({ event }) => event);

describe("watchdog run", () => {
  it("yields events that fit its schema, and ends with 0 when the command ends well", async () => {
    const { exitCode, events, stderr } = await run("--interval", "50ms", "--", "sleep", "0.3");
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const event of events) expect(validate(event) ? "" : validate.errors).toBe("");
    expect(names(events).slice(0, 3)).toEqual(["registered", "heartbeat", "heartbeat"]);
    expect(events.at(-1)).toMatchObject({ event: "ended", reason: "the command ended", armed: false });
    for (const { at } of events) expect(new Date(at).toISOString()).toBe(at);
  });

  it.each(["SIGTERM", "Ctrl-C"])(
    "stops the watchdog at %s and ends with 130, with `ended` as its last event",
    async () => {
      const runtime = fakeRuntime(["watchdog", "run", "--device", "sim", "--ndjson"]);
      const done = program(runtime, root);
      await expect.poll(() => runtime.stdout).toContain('"heartbeat"');
      const start = performance.now();
      runtime.interrupt();
      expect(await done).toBe(130);
      expect(performance.now() - start).toBeLessThan(1000);
      expect(parsed(runtime.stdout).at(-1)).toMatchObject({ event: "ended", reason: "interrupted", armed: false });
      expect(runtime.listeners).toBe(0);
    },
  );

  it("stops the watchdog, and the command, when the reader of its events goes away", async () => {
    let writes = 0;
    const runtime = fakeRuntime(["watchdog", "run", "--device", "sim", "--interval", "10ms", "--", "sleep", "60"], {
      write(_, bytes) {
        if (++writes > 3) throw Object.assign(new Error("write"), { code: "EPIPE" });
        return bytes.length;
      },
    });
    expect(await program(runtime, root)).toBe(0);
  });

  it("starts no command where there is no watchdog", async () => {
    const file = `${folder}/started`;
    const { exitCode, events } = await run("--device", "sim:disabled", "--", "touch", file);
    expect([exitCode, events, existsSync(file)]).toEqual([7, [], false]);
  });

  it("ends with 2 for a command that does not exist, after it let the watchdog go", async () => {
    const { exitCode, events, stderr } = await run("--", "/nonexistent/program");
    expect([exitCode, names(events)]).toEqual([2, []]);
    expect(JSON.parse(stderr).error).toMatchObject({ code: "usage", message: "/nonexistent/program: ENOENT" });
  });

  it.each([
    [["--watchdog-timeout", "119"], /out of range/],
    [["--interval", "0"], /no time at all/],
    [["--interval", "120"], /heartbeats each 120 s for a timeout of 120 s/],
    [["--keep-armed"], /keep-armed/],
  ])("%j is a usage error", async (args, message) => {
    const { exitCode, events, stderr } = await run(...args);
    expect([exitCode, events]).toEqual([2, []]);
    expect(JSON.parse(stderr).error.message).toMatch(message);
  });

  it("withholds heartbeats while the check says no, and tells why", async () => {
    const flag = `${folder}/ill`;
    const { exitCode, events } = await run(
      ...["--interval", "100ms", "--check", `test ! -e ${flag}`, "--"],
      ...["sh", "-c", `sleep 0.5; touch ${flag}; sleep 0.6; rm ${flag}; sleep 0.6`],
    );
    expect(exitCode).toBe(0);
    const told = names(events);
    expect(told.filter((name) => name === "unhealthy")).toHaveLength(1);
    expect(events.find(({ event }) => event === "unhealthy")).toMatchObject({
      reason: "the check ended with 1",
      armed: true,
      expiresInSeconds: expect.any(Number),
    });
    const [from, to] = [told.indexOf("unhealthy"), told.indexOf("healthy")];
    expect(told.slice(from, to + 2)).toEqual(["unhealthy", "healthy", "heartbeat"]);
  });

  it("never ends later than a check that hangs, which it kills, and tells nothing of that", async () => {
    const runtime = fakeRuntime(["watchdog", "run", "--device", "sim", "--ndjson", "--check", "sleep 60"]);
    const done = program(runtime, root);
    await expect.poll(() => runtime.stdout).toContain('"registered"');
    const start = performance.now();
    runtime.interrupt();
    expect(await done).toBe(130);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(names(parsed(runtime.stdout))).toEqual(["registered", "ended"]);
  });
});

describe("watchdog run over MEI", () => {
  /** The command over a machine whose time is turned by hand but for its own pauses. */
  async function over(setup: MachineSetup) {
    const machine = await watchdogMachine(setup);
    const abort = new AbortController();
    const context = { ...fakeContext(machine.source as never), signal: abort.signal };
    const flags = { via: "auto", watchdogTimeout: undefined, interval: 20, check: undefined } as const;
    return { machine, abort, events: watchdogRun.stream(context, flags, [[]]) };
  }

  it("stops the watchdog at SIGTERM though nobody reads its events any more", async () => {
    const { machine } = await over({ via: "mei" });
    const given = {
      ...watchdogRun,
      stream: (context: Context, flags: never, values: never) =>
        watchdogRun.stream({ ...fakeContext(machine.source as never), ...within(context) }, flags, values),
    };
    const group = { brief: "", commands: { run: () => Promise.resolve({ default: given as AnyCommand }) } };
    const blocked: "stdout"[] = [];
    const runtime = fakeRuntime(["run", "--interval", "20ms"], { blocked });
    const done = program(runtime, group);
    await expect.poll(() => runtime.stdout).toContain("heartbeat");
    blocked.push("stdout");
    const beats = machine.sent.length;
    await expect.poll(() => machine.sent.length).toBeGreaterThan(beats);
    const start = performance.now();
    runtime.interrupt();
    expect(await done).toBe(130);
    expect(performance.now() - start).toBeLessThan(2000);
    expect([machine.sent.at(-1), machine.timer.armed, machine.me.openConnections]).toEqual([stop, false, 0]);
  });

  it("keeps to MEI after a reset", async () => {
    const { machine, abort, events } = await over({ via: "mei" });
    const told: WatchdogRunOutput[] = [];
    for await (const event of events) {
      told.push(event);
      if (told.length === 3) machine.me.reset();
      if (names(told).filter((name) => name === "registered").length === 2 && event.event === "heartbeat") {
        abort.abort();
      }
    }
    expect(names(told)).toEqual(expect.arrayContaining(["lost", "registered", "heartbeat", "ended"]));
    expect(told.at(-1)).toMatchObject({ event: "ended", armed: false });
    expect([machine.timer.armed, machine.me.openConnections]).toEqual([false, 0]);
  });
});

describe("watchdog run, events in words", () => {
  const at = "2030-01-02T03:04:05.678Z";
  const beat = { acknowledged: true, status: 0, notRequired: false, roundTripMs: 1.25 };
  const events: WatchdogRunOutput[] = [
    { at, event: "registered", via: "kernel", path: "/dev/watchdog1", timeoutSeconds: 120 },
    { at, event: "registered", via: "mei", path: null, timeoutSeconds: 300 },
    { at, event: "heartbeat", ...beat },
    { at, event: "notRequired" },
    { at, event: "unhealthy", reason: "the check ended with 1", armed: true, expiresInSeconds: 60 },
    { at, event: "unhealthy", reason: "the check ended with 1", armed: "unknown", expiresInSeconds: null },
    { at, event: "healthy" },
    { at, event: "expired" },
    { at, event: "lost", reason: "gone", code: "mei.reset" },
    { at, event: "suspended", seconds: 3600 },
    { at, event: "ended", reason: "interrupted", armed: false },
    { at, event: "ended", reason: "interrupted", armed: true },
  ];

  it("are a line each", () => {
    for (const event of events) expect(validate(event) ? "" : validate.errors).toBe("");
    const lines = events.map((event) => watchdogRun.renderEvent(event, plain));
    for (const line of lines) expect(line).toMatch(/^2030-01-02T03:04:05\.678Z [\x20-\x7e]+$/);
    expect(lines.map((line) => line.slice(at.length + 1)).join("\n")).toMatchInlineSnapshot(`
      "watchdog found: /dev/watchdog1, timeout 120 s
      watchdog found: over MEI, timeout 300 s
      heartbeat: acknowledged, status 0, 1.3 ms
      the firmware wants no heartbeats (NOT_REQUIRED); it is asked again
      no more heartbeats: the check ended with 1; the console hears of it in 60 s
      no more heartbeats: the check ended with 1
      well again
      time is up: the firmware tells the console
      the watchdog is away: gone (mei.reset)
      the machine slept for 3600 s
      ended: interrupted; not armed
      ended: interrupted; armed"
    `);
  });
});
