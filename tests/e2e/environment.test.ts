import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bunExecutable, run, shell, sourceForms } from "./processes.ts";

const version = /^amtctl \d+\.\d+\.\d+[^\n]*\n$/;
let folder: string;
let foreign: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "amtctl-env-"));
  foreign = join(folder, "foreign.js");
  writeFileSync(foreign, `console.log("foreign code ran");\n`);
  writeFileSync(join(folder, "bunfig.toml"), `preload = ["./foreign.js"]\n`);
  writeFileSync(join(folder, ".env"), "AMTCTL_DEVICE=sim:nope\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the Bun executable", () => {
  const form = { name: "the Bun executable", program: [bunExecutable] };

  // A debugger that is waited for would hold it, hence the limit.
  it.each<[string, () => string]>([
    ["BUN_OPTIONS", () => `--preload ${foreign}`],
    ["BUN_BE_BUN", () => "1"],
    ["BUN_INSPECT_PRELOAD", () => foreign],
    ["BUN_INSPECT", () => "ws://127.0.0.1:0/foreign?break=1"],
    ["BUN_INSPECT_CONNECT_TO", () => "ws://127.0.0.1:9/foreign"],
    ["NODE_OPTIONS", () => `--require ${foreign}`],
  ])("is itself and nothing else with %s (case %$)", async (name, value) => {
    const { code, out, err } = await run(["timeout", "10", bunExecutable, "--version"], { env: { [name]: value() } });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(version);
  });

  it("takes neither bunfig.toml nor .env from the working folder", async () => {
    const { code, out, err } = await shell(form, `cd ${folder} && $PROGRAM devices --json`);
    expect(out + err).not.toContain("foreign code ran");
    // The device that .env names would end it with 2.
    expect([0, 3, 4]).toContain(code);
  });

  it("gives no option to Bun from its own command line", async () => {
    const { code, out } = await run([bunExecutable, "--preload", foreign]);
    expect([code, out]).toEqual([2, ""]);
  });
});

describe("Bun with the sources", () => {
  it("runs what BUN_OPTIONS preloads, which the executable must not", async () => {
    const { program } = sourceForms.find(({ name }) => name === "Bun")!;
    const { out } = await run([...program, "--version"], { env: { BUN_OPTIONS: `--preload ${foreign}` } });
    expect(out).toMatch(/^foreign code ran\namtctl /);
  });
});
