import { AmtError } from "../core/errors/mod.ts";
import type { SetupPermissionsOutput } from "./setup_permissions.schema.ts";
import { makeFolderOf, writeFile } from "./write_file.ts";

type Wanted = Pick<SetupPermissionsOutput, "group" | "groupExists" | "rule">;

const COMMAND_MS = 20_000;

/**
 * Makes the group and the rule where they are missing, then has udev read it; answers what was done. A udev that does
 * not take it is a warning, since the rule holds from the next start on. Rejects with `io.write`, and as
 * `writeFile` does.
 */
export async function applyPermissions(
  { group, groupExists, rule }: Wanted,
  signal: AbortSignal,
): Promise<{ applied: string[]; warnings: string[] }> {
  const applied: string[] = [];
  const warnings: string[] = [];
  if (!groupExists) {
    const makeGroup = ["groupadd", "--system", group] as const;
    const failure = await failureOf(makeGroup, signal);
    if (failure !== undefined) {
      throw new AmtError("io.write", failure, { hint: `Make the group ${group} by this system's means, then repeat` });
    }
    applied.push(makeGroup.join(" "));
  }
  if (rule.state === "absent") {
    await makeFolderOf(rule.path);
    await writeFile(rule.path, new TextEncoder().encode(rule.text), { mode: 0o644 });
    applied.push(`wrote ${rule.path}`);
  }
  for (
    const command of [["udevadm", "control", "--reload"], ["udevadm", "trigger", "--subsystem-match=mei"]] as const
  ) {
    const failure = await failureOf(command, signal);
    if (failure === undefined) applied.push(command.join(" "));
    else warnings.push(`${failure}; the rule holds from the next start on`);
  }
  return { applied, warnings };
}

/** Runs a program of the system with a clean environment; answers in one line why it failed, if it did. */
async function failureOf([program, ...args]: readonly [string, ...string[]], signal: AbortSignal) {
  const { execFile } = await import("node:child_process");
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" };
  return await new Promise<string | undefined>((resolve) => {
    execFile(program, args, { env, signal, timeout: COMMAND_MS }, (error, _stdout, stderr) => {
      if (error === null) return resolve(undefined);
      if (error.code === "ENOENT") return resolve(`${program}: no such program`);
      resolve(`${program}: ${stderr.trim().split("\n")[0] || `ended with ${error.code ?? error.signal}`}`);
    });
  });
}
