/**
 * Runs the parts of the test suite and sums them up: `test.ts [--all] [PART…]`, PART one of
 * unit, e2e, media, fuse, kernel; all of them when none is named. `--all` takes every kernel that the kernel rig knows.
 * The last line is `N passed, N failed, N skipped`; with AMTCTL_NO_SKIP=1 a skipped test is a failure.
 */

import { join } from "node:path";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dirname!, "..");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const runtimes = {
  node: ["node", vitest],
  deno: [join(root, "node_modules/deno/deno"), "run", "-A", "--quiet", vitest],
  bun: [join(root, "node_modules/bun/bin/bun.exe"), "--bun", vitest],
};

const parts: Record<string, readonly (keyof typeof runtimes)[]> = {
  unit: ["node", "deno", "bun"],
  e2e: ["node"],
  media: ["node"],
  fuse: ["node"],
  kernel: ["node"],
};

const flags = Deno.args.filter((argument) => argument.startsWith("--"));
const named = Deno.args.filter((argument) => !argument.startsWith("--"));
const unknown = [
  ...named.filter((part) => !(part in parts)),
  ...flags.filter((flag) => flag !== "--all"),
];
if (unknown.length > 0) {
  console.error(`test: ${unknown[0]} is neither a part (${Object.keys(parts).join(", ")}) nor --all`);
  Deno.exit(2);
}

const sum: Tally = { passed: 0, failed: 0, skipped: 0 };
const scratch = mkdtempSync(join(tmpdir(), "amtctl-test-"));
try {
  for (const part of named.length > 0 ? named : Object.keys(parts)) {
    for (const runtime of parts[part]!) await run(part, runtime);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
if (Deno.env.get("AMTCTL_NO_SKIP") === "1" && sum.skipped > 0) {
  console.error(`test: ${sum.skipped} tests were skipped, and AMTCTL_NO_SKIP=1 allows none`);
  sum.failed += sum.skipped;
  sum.skipped = 0;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
Deno.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);

async function run(part: string, runtime: keyof typeof runtimes): Promise<void> {
  console.log(`--- ${part} inside ${runtime}`);
  const report = join(scratch, `${part}-${runtime}.json`);
  const [program, ...args] = runtimes[runtime];
  const child = new Deno.Command(program!, {
    args: [
      ...args,
      "run",
      "--config",
      join(root, "tests/vitest.config.ts"),
      "--project",
      part,
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    cwd: root,
    stdin: "null",
    env: flags.includes("--all") ? { AMTCTL_ALL_KERNELS: "1" } : {},
  }).spawn();
  const { code } = await child.status;
  count(report, code);
}

function count(report: string, code: number): void {
  let tally: { numPassedTests: number; numFailedTests: number; numPendingTests: number; success: boolean };
  try {
    tally = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    sum.failed += 1;
    console.error("test: vitest left no report; counted as one failure");
    return;
  }
  sum.passed += tally.numPassedTests;
  sum.failed += tally.numFailedTests;
  sum.skipped += tally.numPendingTests;
  if (code !== 0 && tally.numFailedTests === 0) {
    sum.failed += 1;
    console.error(`test: vitest ended with ${code} although no test failed; counted as one failure`);
  }
}
