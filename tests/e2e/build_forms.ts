import { spawnSync } from "node:child_process";
import { deno } from "./processes.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Builds the bundle and the Bun executable into build/forms/, once before all tests of a project. Throws if it cannot. */
export default function buildForms(): void {
  const args = ["run", "-A", "--quiet", "scripts/build.ts", "--out", "build/forms", "--no-xz", "bun"];
  const { status } = spawnSync(deno, args, { cwd: root, stdio: ["ignore", "ignore", 2] });
  if (status !== 0) throw new Error(`scripts/build.ts ended with ${status}`);
}
