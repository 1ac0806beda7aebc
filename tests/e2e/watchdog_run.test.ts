import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { forms, script, sourceForms } from "./processes.ts";

const folder = mkdtempSync(`${tmpdir()}/amtctl-e2e-`);
afterAll(() => rmSync(folder, { recursive: true }));

/** Long enough for a machine with few processors that runs other tests too. */
const WAIT = { timeout: 20_000, interval: 10 };

/** A process whose lines can be waited for. */
class Lines implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly ended: Promise<number | string | null>;
  stdout = "";
  stderr = "";

  constructor(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { PATH = "", HOME = "/root" } = process.env;
    this.process = spawn(command[0]!, command.slice(1), {
      env: { PATH, HOME, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout!.on("data", (chunk) => this.stdout += chunk);
    this.process.stderr!.on("data", (chunk) => this.stderr += chunk);
    // Not "close": what it started may keep its output open.
    this.ended = new Promise((resolve) => this.process.on("exit", (code, signal) => resolve(code ?? signal)));
  }

  get lines(): string[] {
    return this.stdout.split("\n").slice(0, -1);
  }

  async says(text: string): Promise<void> {
    await expect.poll(() => this.stdout, WAIT).toContain(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended;
  }
}

async function supervisor(address: string): Promise<Lines> {
  const bun = sourceForms.find(({ name }) => name === "Bun")!;
  const receiver = new Lines([...bun.runtime, script("notify_receiver.ts"), address]);
  await receiver.says("bound\n");
  return receiver;
}

describe.each(forms)("watchdog run on $name", ({ name, program }) => {
  const command = [...program, "watchdog", "run", "--device", "sim", "--ndjson"];

  it.each([
    ["a path", `${folder}/${name.replaceAll(" ", "-")}`],
    ["an abstract name", `@amtctl-e2e-${process.pid}-${name}`],
  ])("tells the supervisor at %s that it is ready, awake and stopping, and SIGTERM disarms", async (_, address) => {
    await using receiver = await supervisor(address);
    await using run = new Lines([...command, "--interval", "300ms"], { NOTIFY_SOCKET: address });
    await receiver.says('"READY=1\\nWATCHDOG=1\\nSTATUS=Heartbeats are given"\n');
    await receiver.says('"WATCHDOG=1\\nSTATUS=Heartbeats are given"\n');
    const start = performance.now();
    run.process.kill("SIGTERM");
    expect(await run.ended).toBe(130);
    expect(performance.now() - start).toBeLessThan(1000);
    await receiver.says('"STOPPING=1"\n');
    const states = receiver.lines.slice(1).flatMap((line) => JSON.parse(line).split("\n"));
    expect(states.filter((state) => state === "READY=1")).toHaveLength(1);
    expect(states.at(-1)).toBe("STOPPING=1");
    await run.says('"ended"');
    const events = run.lines.map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: "registered", via: "kernel" });
    expect(events.at(-1)).toMatchObject({ event: "ended", reason: "interrupted", armed: false });
    expect(JSON.parse(run.stderr).error.code).toBe("cancelled");
  });

  it("goes on without a supervisor that it was told of, and says so with -v", async () => {
    const text = [...program, "watchdog", "run", "--device", "sim", "-v"];
    await using run = new Lines(text, { NOTIFY_SOCKET: `${folder}/nobody` });
    await run.says("heartbeat: acknowledged");
    run.process.kill("SIGINT");
    expect(await run.ended).toBe(130);
    expect(run.stderr).toContain(`NOTIFY_SOCKET ${folder}/nobody: ENOENT`);
  });

  it("ends with the code of its command, and passes what that prints to standard error", async () => {
    await using run = new Lines([...command, "--", "sh", "-c", "sleep 0.5; echo out; echo err >&2"]);
    expect(await run.ended).toBe(0);
    await expect.poll(() => run.stderr, WAIT).toBe("out\nerr\n");
    expect(run.lines.map((line) => JSON.parse(line).event)).toEqual(["registered", "heartbeat", "ended"]);
  });

  it("asks its command to end when it is told to, and does not wait for one that does not", async () => {
    const file = `${folder}/${name.replaceAll(" ", "-")}.pid`;
    const stubborn = `trap 'echo asked >&2' TERM; echo $$ > ${file}; echo running >&2; while :; do sleep 0.05; done`;
    await using run = new Lines([...command, "--", "sh", "-c", stubborn]);
    await expect.poll(() => run.stderr, WAIT).toContain("running\n");
    await run.says('"heartbeat"');
    const start = performance.now();
    run.process.kill("SIGTERM");
    expect(await run.ended).toBe(130);
    expect(performance.now() - start).toBeLessThan(1000);
    await expect.poll(() => run.stderr, WAIT).toContain("asked\n");
    process.kill(Number(readFileSync(file, "latin1")), "SIGKILL");
  });
});
