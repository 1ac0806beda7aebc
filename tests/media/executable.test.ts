import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bunExecutable, run } from "../e2e/processes.ts";

const qemu = spawnSync("qemu-x86_64-static", ["--version"]).status === 0;
const install = qemu ? "" : " (needs tests/media/setup.sh --install)";

describe.skipIf(!qemu)(`the Bun executable on a Nehalem, which has no AVX${install}`, () => {
  const old = ["qemu-x86_64-static", "-cpu", "Nehalem", bunExecutable];

  it("tells its version", async () => {
    const { code, out } = await run([...old, "--version"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^amtctl \d/);
  });

  it("lists the clients of the simulator", async () => {
    const { code, out } = await run([...old, "clients", "--device", "sim", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out).clients.map((client: { name: string }) => client.name)).toContain("AMTHI");
  });
});

describe("an executable that was cut", () => {
  let folder: string;
  let whole: Uint8Array;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "amtctl-cut-"));
    whole = readFileSync(bunExecutable);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function runCut(length: number) {
    const program = join(folder, "amtctl");
    writeFileSync(program, whole.subarray(0, length));
    chmodSync(program, 0o755);
    return await run([program, "--version"]);
  }

  it("in the embedded program is told as truncated by Bun", async () => {
    const { code, out, err } = await runCut(whole.length - 300_000);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^error: ".*" is truncated\./);
  });

  // The kernel ends it before it can say anything.
  it("in the runtime is killed by the kernel and prints nothing", async () => {
    const { signal, out } = await runCut(Math.floor(whole.length / 2));
    expect(signal).toMatch(/^SIG(BUS|SEGV)$/);
    expect(out).toBe("");
  });
});
