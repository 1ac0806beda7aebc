import { describe, expect, it } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { fakeRuntime } from "./fakes.ts";

async function run(...args: string[]) {
  const runtime = fakeRuntime(args);
  const exitCode = await program(runtime, root);
  return { exitCode, stdout: runtime.stdout, stderr: runtime.stderr };
}

/** The exit codes of all questions on a machine. */
const answers: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "sim:activated": { activated: 0, enabled: 0, present: 0, reachable: 0 },
  "sim:acm": { activated: 0, enabled: 0, present: 0, reachable: 0 },
  "sim:legacy": { activated: 0, enabled: 0, present: 0, reachable: 0 },
  "sim:unprovisioned": { activated: 21, enabled: 0, present: 0, reachable: 0 },
  "sim:disabled": { activated: 21, enabled: 21, present: 0, reachable: 21 },
  "sim:no-amt": { activated: 21, enabled: 21, present: 21, reachable: 21 },
  "sim:+no-permission": { activated: 4, enabled: 4, present: 4, reachable: 4 },
  "sim:+no-pci": { activated: 3, enabled: 3, present: 3, reachable: 21 },
  "sim:+no-driver": { activated: 3, enabled: 3, present: 3, reachable: 21 },
};

const cases = Object.entries(answers).flatMap(([device, codes]) =>
  Object.entries(codes).map(([predicate, exitCode]) => ({ device, predicate, exitCode }))
);

describe("is", () => {
  it.each(cases)("$predicate exits with $exitCode on $device, and prints no answer", async (each) => {
    const { exitCode, stdout, stderr } = await run("is", each.predicate, "--device", each.device);
    expect([exitCode, stdout]).toEqual([each.exitCode, ""]);
    expect(stderr === "").toBe(exitCode === 0 || exitCode === 21);
  });

  it("says why with -v and with --json", async () => {
    expect((await run("is", "activated", "-v", "--device", "sim:unprovisioned")).stderr).toMatch(
      /^activated: no: control mode: not activated$/m,
    );
    const { stdout, exitCode } = await run("is", "enabled", "--ndjson", "--device", "sim");
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, {
      predicate: "enabled",
      answer: true,
      reason: "the firmware says that AMT is enabled",
    }]);
  });

  it.each([[[]], [["busy"]], [["activated", "enabled"]]])("%j is a usage error", async (words) => {
    expect((await run("is", ...words, "--device", "sim")).exitCode).toBe(2);
  });

  it("tells that AMT is there but cannot be asked while another program holds it", async () => {
    expect((await run("is", "activated", "--device", "sim:+busy")).exitCode).toBe(5);
    expect((await run("is", "enabled", "--device", "sim:+busy")).exitCode).toBe(0);
  });
});
