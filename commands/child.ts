import type { ChildProcess } from "node:child_process";
import { AmtError } from "../core/errors/mod.ts";

/** A command that runs beside this program, with its output on standard error. */
export interface Child {
  /** Why it ended, in words; `undefined` when it ended well. Never rejects. */
  readonly ended: Promise<string | undefined>;
  /** Asks it to end, if it has not. */
  terminate(): void;
}

/** Starts a command. Rejects with `usage` when it cannot be started. */
export async function startChild(command: readonly string[]): Promise<Child> {
  const { spawn } = await import("node:child_process");
  const child = spawn(command[0]!, command.slice(1), { stdio: ["inherit", 2, 2] });
  const ended = end(child);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => {
      const reason = (cause as { code?: string }).code ?? String(cause);
      reject(new AmtError("usage", `${command[0]}: ${reason}`, { cause, hint: "Name a program that can be run" }));
    });
  });
  return { ended, terminate: () => void child.kill("SIGTERM") };
}

/**
 * Runs a line of sh; answers why it says no, `undefined` for yes. It is killed, which is a no, when it takes longer
 * than `limitMs`, or when the signal fires.
 */
export async function runCheck(line: string, limitMs: number, signal: AbortSignal): Promise<string | undefined> {
  const { spawn } = await import("node:child_process");
  // In a group of its own, so that what it started ends with it.
  const child = spawn("/bin/sh", ["-c", line], { stdio: ["ignore", 2, 2], detached: true });
  let late = false;
  const kill = () => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, limitMs);
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  try {
    const reason = await end(child);
    return late ? `the check took longer than ${limitMs / 1000} s` : reason && `the check ${reason}`;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

function end(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be run: ${(error as { code?: string }).code ?? error}`));
    child.once("close", (code, signal) => {
      resolve(signal !== null ? `was ended by ${signal}` : code === 0 ? undefined : `ended with ${code}`);
    });
  });
}
