/**
 * Measures whole processes: `bench.ts [start] [--runs N] [--vs COMMAND]`. Every form of the program runs in turn with
 * an empty program of the same runtime and build; JSON goes to standard output. `--vs` puts any other program beside
 * them, its words parted by spaces. Nothing is asserted but exit codes: times belong to the machine that is described.
 */

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Form, makeForms } from "./bench_forms.ts";
import { describeMachine } from "./bench_machine.ts";
import { runInSysfsTree, whyNoSysfsTree } from "./bench_sysfs.ts";
import { compare, type Comparison, type Plan } from "./bench_plan.ts";
import { measure } from "./bench_rounds.ts";
import { plainLine } from "./build_run.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { runs, vs } = options(Deno.args);
const folder = mkdtempSync(join(tmpdir(), "amtctl-bench-"));
try {
  const forms = await makeForms(root, folder);
  const notes = whatIsLeftOut();
  const results: Record<string, Record<string, Comparison>> = {};
  for (const form of forms) {
    console.error(`bench: ${form.name}`);
    results[form.name] = await start(form);
  }
  console.log(JSON.stringify({ bench: "start", runs, machine: await describeMachine(root), notes, results }, null, 2));
} catch (error) {
  console.error(`bench: ${plainLine(error)}`);
  Deno.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** All cases of one form, against its empty program. */
async function start({ program, empty }: Form): Promise<Record<string, Comparison>> {
  const here: Plan = {
    runs,
    cases: [
      { name: "empty", command: empty, exit: 0 },
      { name: "--version", command: [...program, "--version"], exit: 0 },
      { name: "clients, sim", command: [...program, "clients", "--json", "--device", "sim"], exit: 0 },
      ...(hasDevice() ? [] : [{ name: "clients, no device", command: [...program, "clients", "--json"], exit: 3 }]),
      ...(vs === undefined ? [] : [{ name: vs.join(" "), command: vs, exit: undefined }]),
    ],
  };
  const sysfs: Plan = {
    runs,
    cases: [
      { name: "empty", command: empty, exit: 0 },
      { name: "clients, sysfs", command: [...program, "clients", "--json"], exit: 0 },
    ],
  };
  const results = compare(await measure(here));
  if (whyNoSysfsTree() === undefined) {
    const { "clients, sysfs": result } = compare(await runInSysfsTree(root, folder, sysfs));
    results["clients, sysfs"] = result!;
  }
  return results;
}

function whatIsLeftOut(): string[] {
  const device = hasDevice() ? "clients without a device was not measured: this machine has one" : undefined;
  return [device, whyNoSysfsTree()].filter((reason) => reason !== undefined);
}

function hasDevice(): boolean {
  return existsSync("/sys/class/mei") && readdirSync("/sys/class/mei").length > 0;
}

function options(args: readonly string[]): { runs: number; vs: string[] | undefined } {
  const words = args[0] === "start" ? args.slice(1) : [...args];
  let runs = 21;
  let vs: string[] | undefined;
  for (let at = 0; at < words.length; at += 2) {
    const value = words[at + 1] ?? "";
    if (words[at] === "--runs" && /^[1-9]\d{0,3}$/.test(value)) runs = Number(value);
    else if (words[at] === "--vs" && value.trim() !== "") vs = value.trim().split(/\s+/);
    else usage(words[at]!);
  }
  return { runs, vs };
}

function usage(word: string): never {
  console.error(`bench: ${word} is not understood: [start] [--runs N] [--vs COMMAND]`);
  Deno.exit(2);
}
