import { readFileSync } from "node:fs";
import { loadavg, totalmem } from "node:os";
import { join } from "node:path";

/** The machine and the runtimes that figures belong to. */
export async function describeMachine(root: string): Promise<Record<string, unknown>> {
  return {
    processor: /^model name\s*:\s*(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? null,
    cores: navigator.hardwareConcurrency,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: readFileSync("/proc/sys/kernel/osrelease", "utf8").trim(),
    loadAverage: loadavg(),
    deno: Deno.version.deno,
    bun: await firstLine(join(root, "node_modules/bun/bin/bun.exe"), ["--version"]),
    commit: await firstLine("git", ["-C", root, "describe", "--always", "--dirty"]),
  };
}

async function firstLine(program: string, args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args, env: { GIT_OPTIONAL_LOCKS: "0" } }).output();
    return success ? new TextDecoder().decode(stdout).split("\n")[0]! : null;
  } catch {
    return null;
  }
}
