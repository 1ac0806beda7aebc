import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bundle, bunExecutable, deno, run, sourceForms } from "./processes.ts";

const bun = sourceForms.find(({ name }) => name === "Bun")!.runtime;
const builds: [string, string, readonly string[]][] = [
  ["the bundle on Deno", "deno", [deno, "run", "-A", bundle]],
  ["the bundle on Bun", "bun", [...bun, bundle]],
  ["the bundle on Node", "node", ["node", bundle]],
  ["the Bun executable", "bun", [bunExecutable]],
];

/** `null` where the sources are not a clone. */
function commit(): string | null {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

describe.each(builds)("%s", (_name, runtime, program) => {
  it("names the commit it was built from and the runtime it runs on", async () => {
    const { code, out } = await run([...program, "--version", "--json"]);
    expect(code).toBe(0);
    const version = JSON.parse(out);
    expect(version.commit?.replace(/-dirty$/, "") ?? null).toBe(commit());
    expect(version.runtime.name).toBe(runtime);
  });

  it("probes the clients of the simulator", async () => {
    const { code, out } = await run([...program, "clients", "--probe", "--json", "--device", "sim"]);
    expect(code).toBe(0);
    expect(JSON.parse(out).clients.map((client: { name: string }) => client.name)).toContain("AMTHI");
  });
});
