/**
 * Measures whole processes: `bench.ts [start|status|watchdog|tunnel|wsman] [--runs N] [--vs COMMAND] [--seconds N]
 * [--megabytes N] [--peer COMMAND] [--long] [--form NAME]`; JSON goes to standard output.
 * `start`: every form of the program runs in turn with an empty program of the same runtime and build; `--vs` puts any
 * other program beside them, its words parted by spaces. `status`: how long a firmware with slow answers is asked.
 * `watchdog`: how regular heartbeats are under load, `--seconds` (600) for each form. `tunnel`: what `lms` carries and
 * takes, with `--megabytes` (200) a case, beside a plain relay and any other service (`--peer`); `--long` adds 10 GB and
 * 100,000 sessions. `wsman`: a Get through the tunnel beside one by TCP, requests a second, memory; 20 Gets a run. `--form`
 * picks one.
 * Nothing is asserted but exit codes: times belong to the machine that is described.
 */

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Form, formNames, makeForms } from "./bench_forms.ts";
import { describeMachine } from "./bench_machine.ts";
import { benchStatus } from "./bench_status.ts";
import { benchTunnel } from "./bench_tunnel.ts";
import { benchWatchdog } from "./bench_watchdog.ts";
import { benchWsman } from "./bench_wsman.ts";
import { runInSysfsTree, whyNoSysfsTree } from "./bench_sysfs.ts";
import { compare, type Comparison, type Plan } from "./bench_plan.ts";
import { measure } from "./bench_rounds.ts";
import { plainLine } from "./build_run.ts";

const benches = ["start", "status", "watchdog", "tunnel", "wsman"] as const;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { bench, runs, vs, seconds, megabytes, peer, long, form: wanted } = options(Deno.args);
const folder = mkdtempSync(join(tmpdir(), "amtctl-bench-"));
try {
  const forms = (await makeForms(root, folder)).filter(({ name }) => wanted === undefined || name === wanted);
  const notes = bench === "start" ? whatIsLeftOut() : [];
  const results = bench === "start"
    ? await startAll(forms)
    : bench === "status"
    ? await benchStatus(forms, runs)
    : bench === "watchdog"
    ? await benchWatchdog(forms, seconds)
    : bench === "wsman"
    ? await benchWsman(forms, { root, runs })
    : await benchTunnel(forms, { root, megabytes, peer, long });
  console.log(JSON.stringify({ bench, runs, machine: await describeMachine(root), notes, results }, null, 2));
} catch (error) {
  console.error(`bench: ${plainLine(error)}`);
  Deno.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function startAll(forms: readonly Form[]): Promise<Record<string, Record<string, Comparison>>> {
  const results: Record<string, Record<string, Comparison>> = {};
  for (const form of forms) {
    console.error(`bench: ${form.name}`);
    results[form.name] = await start(form);
  }
  return results;
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

interface Options {
  readonly bench: typeof benches[number];
  readonly runs: number;
  readonly vs: string[] | undefined;
  readonly seconds: number;
  readonly megabytes: number;
  readonly peer: string[] | undefined;
  readonly long: boolean;
  readonly form: string | undefined;
}

function options(args: readonly string[]): Options {
  const named = benches.find((each) => each === args[0]);
  const bench = named ?? "start";
  const words = named === undefined ? [...args] : args.slice(1);
  let runs = 21;
  let seconds = 600;
  let megabytes = 200;
  let vs: string[] | undefined;
  let peer: string[] | undefined;
  const long = bench === "tunnel" && words.includes("--long");
  if (long) words.splice(words.indexOf("--long"), 1);
  let form: string | undefined;
  for (let at = 0; at < words.length; at += 2) {
    const value = words[at + 1] ?? "";
    const isNumber = /^[1-9]\d{0,3}$/.test(value);
    if (words[at] === "--runs" && isNumber) runs = Number(value);
    else if (words[at] === "--seconds" && isNumber) seconds = Number(value);
    else if (words[at] === "--megabytes" && isNumber) megabytes = Number(value);
    else if (words[at] === "--form" && formNames.some((name) => name === value)) form = value;
    else if (words[at] === "--vs" && bench === "start" && value.trim() !== "") vs = value.trim().split(/\s+/);
    else if (words[at] === "--peer" && bench === "tunnel" && value.trim() !== "") peer = value.trim().split(/\s+/);
    else usage(words[at]!);
  }
  return { bench, runs, vs, seconds, megabytes, peer, long, form };
}

function usage(word: string): never {
  console.error(
    `bench: ${word} is not understood: [${benches.join("|")}] [--runs N] [--vs COMMAND] [--seconds N] ` +
      "[--megabytes N] [--peer COMMAND] [--long] [--form NAME]",
  );
  Deno.exit(2);
}
