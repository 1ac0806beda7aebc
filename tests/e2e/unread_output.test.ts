import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sourceForms } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "amtctl-unread-"));
afterAll(() => rmSync(folder, { recursive: true }));

const WAIT = { timeout: 20_000, interval: 10 };

/** A pipe that is full, and that nobody reads. */
class FullPipe implements Disposable {
  readonly output: number;
  readonly #ends: number;

  constructor(path: string) {
    spawnSync("mkfifo", [path]);
    this.#ends = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    for (const piece of [65_536, 1]) this.#fill(new Uint8Array(piece));
    this.output = openSync(path, "w");
  }

  [Symbol.dispose](): void {
    closeSync(this.output);
    closeSync(this.#ends);
  }

  #fill(piece: Uint8Array): void {
    try {
      for (;;) writeSync(this.#ends, piece);
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
    }
  }
}

/** Whether a thread of the process is in write(2) on this descriptor: the first words of proc_pid_syscall(5). */
function isWriting({ pid }: ChildProcess, descriptor: number): boolean {
  return readdirSync(`/proc/${pid}/task`).some((task) =>
    readFileSync(`/proc/${pid}/task/${task}/syscall`, "utf8").startsWith(`1 0x${descriptor} `)
  );
}

// deno-lint-ignore no-process-global
const env = { PATH: process.env.PATH, HOME: "/root", XDG_RUNTIME_DIR: folder };
let pipes = 0;

describe.each(sourceForms)("an output that nobody reads, on $name", ({ program }) => {
  it.each([
    ["lms"],
    ["lms --ndjson"],
    ["tunnel --listen 0"],
    ["apf monitor"],
    ["watchdog run"],
    ["tunnel --stdio 16992"],
    ["apf open 127.0.0.1 16992"],
  ])("does not keep %s from its end by SIGTERM", async (words) => {
    using pipe = new FullPipe(join(folder, String(++pipes)));
    const command = [...program, "--device", "sim", ...words.split(" ")];
    const child = spawn(command[0]!, command.slice(1), { env, stdio: ["pipe", pipe.output, "pipe"] });
    const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal)));
    let stderr = "";
    child.stderr!.on("data", (chunk) => stderr += chunk);
    child.stdin!.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    child.stdin!.on("error", () => {});
    await expect.poll(() => isWriting(child, 1), WAIT).toBe(true);
    const start = performance.now();
    child.kill("SIGTERM");
    expect(await ended).toBe(130);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(stderr).toContain(words.includes("--ndjson") ? `"code":"cancelled"` : "error: interrupted (cancelled)\n");
  });

  it("does not keep it from its end either when standard error is the same", async () => {
    using pipe = new FullPipe(join(folder, String(++pipes)));
    const command = [...program, "--device", "sim", "lms"];
    const child = spawn(command[0]!, command.slice(1), { env, stdio: ["ignore", pipe.output, pipe.output] });
    const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal)));
    await expect.poll(() => isWriting(child, 1), WAIT).toBe(true);
    const start = performance.now();
    child.kill("SIGTERM");
    expect(await ended).toBe(130);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
