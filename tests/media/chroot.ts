import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bunExecutable, type Finished, run } from "../e2e/processes.ts";

const script = fileURLToPath(new URL("in_chroot.sh", import.meta.url));

/** What a bare system lacks. */
export type Lack = "nothing" | "proc" | "libc";

export interface ChrootOptions {
  readonly lack?: Lack;
  /** Whether standard output is a terminal. */
  readonly terminal?: boolean;
}

/** Runs the Bun executable in a bare read-only root. */
export async function runInChroot(args: readonly string[], options: ChrootOptions = {}): Promise<Finished> {
  const root = mkdtempSync(join(tmpdir(), "amtctl-chroot-"));
  const command = [script, root, bunExecutable, options.lack ?? "nothing", ...args];
  try {
    return await run(options.terminal ? ["script", "-qec", command.join(" "), "/dev/null"] : command);
  } finally {
    rmdirSync(root);
  }
}

/** Why there can be no such root here; `undefined` when there can. */
export function whyNoChroot(): string | undefined {
  const { status } = spawnSync("unshare", ["--mount", "--propagation", "private", "true"]);
  return status === 0 ? undefined : "needs root and mount namespaces";
}
