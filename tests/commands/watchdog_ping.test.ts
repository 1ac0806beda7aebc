import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import watchdogPing from "../../commands/watchdog_ping.ts";
import { beatText, pingText } from "../../commands/watchdog_ping_text.ts";
import schema from "../../schemas/watchdog_ping.json" with { type: "json" };
import startSchema from "../../schemas/watchdog_start.json" with { type: "json" };
import { fakeRuntime } from "./fakes.ts";

async function run(...args: string[]) {
  const runtime = fakeRuntime(args);
  const exitCode = await program(runtime, root);
  return { exitCode, stdout: runtime.stdout, stderr: runtime.stderr };
}

const validate = new Ajv2020({ strict: true }).compile(schema);
const confirmed = { acknowledged: true, status: 0, notRequired: false, roundTripMs: 1.25 };

describe("watchdog ping", () => {
  it.each(["activated", "unprovisioned", "acm", "legacy", "tls-only"])("fits its schema on %s", async (profile) => {
    const args = ["watchdog", "ping", "--json", "--device", `sim:${profile}`, "--count", "2", "--interval", "1ms"];
    const { exitCode, stdout, stderr } = await run(...args);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const output = JSON.parse(stdout);
    expect(validate(output) ? "" : validate.errors).toBe("");
    expect(output).toMatchObject({ via: "kernel", path: "/dev/watchdog1", timeoutSeconds: 120, armed: false });
    expect(output.heartbeats).toHaveLength(2);
  });

  it("tells each heartbeat and how the watchdog is left", async () => {
    const { exitCode, stdout } = await run("watchdog", "ping", "--device", "sim", "--watchdog-timeout", "300");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^heartbeat 1: acknowledged, \d+\.\d ms\nnot armed \(\/dev\/watchdog1, timeout 300 s, via kernel\)\n$/,
    );
  });

  it.each<[string[], RegExp]>([
    [["--watchdog-timeout", "119"], /--watchdog-timeout.*119 s is out of range/],
    [["--watchdog-timeout", "65536"], /--watchdog-timeout.*65536 s is out of range/],
    [["--watchdog-timeout", "x"], /--watchdog-timeout.*"x" is no number of seconds/],
    [["--watchdog-timeout", "120.5"], /no number of seconds/],
    [["--interval", "0"], /--interval.*"0s" is no time at all[^]*hint: Write it as 5, 500ms or 1m/],
    [["--interval", "none"], /--interval.*"none" is no interval/],
    [["--interval", "-1"], /./],
    [["--interval", "600h"], /too long/],
    [["--count", "0"], /--count.*"0" is no count/],
    [["--count", "1.5"], /--count/],
    [["--count", "1000000"], /--count/],
    [["--via", "lms"], /--via|lms/],
    [["--disarm", "--keep-armed"], /--disarm and --keep-armed exclude each other/],
    [["now"], /./],
  ])("%j is a usage error", async (args, message) => {
    const { exitCode, stdout, stderr } = await run("watchdog", "ping", "--device", "sim", ...args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });

  it("tells the range of timeouts, and why", async () => {
    const { stderr } = await run("watchdog", "ping", "--watchdog-timeout", "60", "--json");
    const { error } = JSON.parse(stderr);
    expect(error).toMatchObject({ exitCode: 2, details: { timeoutSeconds: 60, least: 120, most: 65_535 } });
    expect(error.hint).toMatch(/120.*65535/);
  });

  it("is allowed as long as its heartbeats take, and never told too long for a timer", async () => {
    const flags = { via: "auto", watchdogTimeout: undefined, disarm: false, keepArmed: false } as const;
    expect(watchdogPing.timeLimit?.({ ...flags, count: 1, interval: 1000 })).toBe(30_000);
    expect(watchdogPing.timeLimit?.({ ...flags, count: 11, interval: 60_000 })).toBe(630_000);
    const args = ["watchdog", "ping", "--device", "sim", "--count", "999999", "--interval", "596h"];
    const runtime = fakeRuntime(args, { terminal: true, env: { TERM: "xterm" } });
    const done = program(runtime, root);
    await expect.poll(() => runtime.stderr, { timeout: 10_000 }).toContain("1/999999: acknowledged");
    await new Promise((resolve) => setTimeout(resolve, 50));
    runtime.interrupt();
    expect(await done).toBe(130);
    expect(runtime.stderr).toContain("interrupted (cancelled)");
  });

  it("refuses --keep-armed where the kernel would undo it, with the way out", async () => {
    const { exitCode, stderr } = await run("watchdog", "ping", "--keep-armed", "--device", "sim");
    expect(exitCode).toBe(8);
    expect(stderr).toMatch(/cannot be left armed: mei_wdt stops it[^]*hint: .*watchdog run.*nowayout/);
  });
});

describe("watchdog start", () => {
  it("is refused where closing would undo it, before anything is sent", async () => {
    expect(await run("watchdog", "start", "--device", "sim")).toMatchObject({ exitCode: 8, stdout: "" });
  });
  it("has the schema of a ping under its own title", () => {
    expect({ ...startSchema, title: schema.title }).toEqual(schema);
  });
});

describe.each([
  ["ping", []],
  ["start", []],
  ["stop", []],
  ["run", ["--", "true"]],
])("watchdog %s", (name, more) => {
  it.each([
    ["disabled", 7, "amt.disabled"],
    ["no-amt", 6, "amt.absent"],
    ["+no-pci", 3, "mei.absent"],
    ["+no-driver", 3, "mei.absent"],
  ])("on %s ends with %i", async (profile, exitCode, code) => {
    const { stdout, stderr, ...ended } = await run("watchdog", name, "--json", "--device", `sim:${profile}`, ...more);
    expect([ended.exitCode, stdout]).toEqual([exitCode, ""]);
    expect(JSON.parse(stderr).error).toMatchObject({ code, exitCode });
  });
  it("never fights the driver that holds the client, and says whom to use instead", async () => {
    const { exitCode, stderr } = await run("watchdog", name, "--device", "sim", "--via", "mei", ...more);
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/the kernel driver mei_wdt holds AMT's watchdog[^]*--via kernel.*modprobe -r mei_wdt/);
  });
});

describe.each(["ping", "stop", "run"])("watchdog %s", (name) => {
  it("has nothing against other clients that are held", async () => {
    const more = name === "run" ? ["--", "true"] : [];
    expect(await run("watchdog", name, "--device", "sim:+busy", ...more)).toMatchObject({ exitCode: 0 });
  });
  it("without rights ends with 4, and the hint that sudo is needed", async () => {
    const { exitCode, stderr } = await run("watchdog", name, "--device", "sim:+no-permission");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/\/dev\/watchdog1: this user may not open it[^]*hint: Run it with sudo/);
  });
});

describe("pingText", () => {
  const output = { via: "mei", path: null, timeoutSeconds: 120 } as const;

  it.each([[true, "armed"], [false, "not armed"], ["unknown", "it is unknown whether the watchdog runs"]] as const)(
    "tells armed %s in words",
    (armed, text) => {
      expect(pingText({ ...output, heartbeats: [confirmed], armed, warnings: [], unavailable: [] })).toBe(
        `heartbeat 1: acknowledged, status 0, 1.3 ms\n${text} (over MEI, timeout 120 s, via mei)`,
      );
    },
  );
  it("tells what is not acknowledged, and what is not wanted", () => {
    expect(beatText({ ...confirmed, acknowledged: false, status: null })).toBe("sent, 1.3 ms");
    expect(beatText({ ...confirmed, notRequired: true })).toBe("the firmware wants no heartbeats now");
  });
});
