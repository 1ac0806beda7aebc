import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deno, run } from "./processes.ts";

const mayMount = spawnSync("unshare", ["--mount", "--propagation", "private", "true"]).status === 0;
const reason = mayMount ? "" : " (needs root and mount namespaces)";
const build = [deno, "run", "-A", "--quiet", "scripts/build.ts", "--no-xz", "--out"];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amtctl-build-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("build.ts", () => {
  it.skipIf(!mayMount).each([
    ["read-only", "ro", /EROFS/],
    ["full before the bundle", "size=64k", /no space left/],
    ["full before the runtime", "size=50m", /ENOSPC/],
    ["full before the executable", "size=150m", /ENOSPC/],
  ])(`ends with one line when the folder is %s${reason}`, async (_case, options, message) => {
    const inside = `mount -t tmpfs -o ${options} target "$TARGET" && ${build.join(" ")} "$TARGET" bun
      code=$?; ls -A "$TARGET"; exit $code`;
    const command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside];
    const { code, out, err } = await run(command, { env: { TARGET: folder } });
    expect(code).toBe(1);
    expect(err).toMatch(/^build: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(out).toMatch(/^(?:amtctl\.mjs\n)?$/);
  });

  it("ends with one line when the folder is a file", async () => {
    writeFileSync(join(folder, "file"), "");
    const { code, err } = await run([...build, join(folder, "file"), "bundle"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^build: [^\n]+EEXIST[^\n]+\n$/);
  });

  it("refuses a form that there is not", async () => {
    expect((await run([...build, folder, "windows"])).code).toBe(2);
  });

  it("compiles for Deno, and deletes what a runtime that is no denort makes of it", async () => {
    const { code, out } = await run([...build, folder, "deno"], { env: { DENORT_BIN: deno } });
    expect(code).toBe(1);
    expect(out).toContain("amtctl-deno-linux-x64 was not made: it was compiled and does not run");
    expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", "amtctl.mjs"]);
  });
});
