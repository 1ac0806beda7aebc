import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bunExecutable } from "../e2e/processes.ts";

const present = spawnSync("readelf", ["--version"]).status === 0;
const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe.skipIf(!present)(`README${present ? "" : " (needs tests/media/setup.sh --install)"}`, () => {
  it("names the glibc and the libraries that the Bun executable needs", () => {
    const args = ["run", "-A", "--quiet", fromRoot("scripts/generate_needs.ts"), bunExecutable, "--check"];
    const { status, stderr } = spawnSync(fromRoot("node_modules/deno/deno"), args, { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
