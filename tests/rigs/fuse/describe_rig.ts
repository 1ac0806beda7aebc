import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { whyNoFuseRig } from "./rig.ts";

/** A path in the repository. */
export function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** How to run a program's source on each runtime that has devices. */
export const runtimes: Readonly<Record<string, readonly string[]>> = {
  Deno: [fromRoot("node_modules/deno/deno"), "run", "-A", "--quiet"],
  Bun: [fromRoot("node_modules/bun/bin/bun.exe")],
};

const missing = whyNoFuseRig();

/** Tests on the FUSE rig; skipped by name, with what helps, where it cannot run. */
export function describeRig(title: string, tests: () => void): void {
  describe.skipIf(missing !== undefined)(`${title}${missing === undefined ? "" : ` (${missing})`}`, tests);
}
