import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

// deno-lint-ignore no-process-global
const fixtures = process.env.AMTCTL_FIXTURES;
const folder = fixtures === undefined ? undefined : join(fixtures, "wsman");

export const hasRecordings = folder !== undefined && existsSync(folder);

/** For the title of a suite that is skipped without them. */
export const whySkipped = hasRecordings
  ? ""
  : " (skipped: AMTCTL_FIXTURES does not say where the recorded answers are)";

/** An answer of a real AMT, by its path under `wsman`. */
export function recording(path: string): string {
  return readFileSync(join(folder!, path), "utf8");
}
