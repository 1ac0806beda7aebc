import { type ChildProcess, spawn } from "node:child_process";

/** How a process ended. */
export interface Finished {
  /** Exit code, or `undefined` when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The process is killed after so many ms. Default 60000. */
  readonly timeoutMs?: number;
  /** Gets each line of standard output when it comes; what it returns is written to standard input. */
  readonly onLine?: (line: string) => string | undefined;
}

/** Runs a program to its end. Rejects only when it cannot be started. */
export function run(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program, ...args] = command;
  const child = spawn(program!, args, { stdio: "pipe", env: { ...process.env, ...options.env } });
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 60_000);
  let stdout = "";
  let stderr = "";
  const lines = lineSplitter((line) => {
    const answer = options.onLine?.(line);
    if (answer !== undefined) child.stdin.write(answer);
  });
  child.stdin.on("error", () => {});
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    lines(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr });
    });
  }).finally(() => clearTimeout(timer)) as Promise<Finished>;
}

/** Ends a process: SIGTERM, and SIGKILL when that is not enough within `graceMs`. */
export async function terminate(child: ChildProcess, graceMs = 5000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await gone;
  clearTimeout(timer);
}

function lineSplitter(each: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(each);
  };
}
