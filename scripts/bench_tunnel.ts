import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode, toHex } from "../core/binary/mod.ts";
import { guidLe } from "../core/guid.ts";
import { createSimulator } from "../simulator/mod.ts";
import { run, terminate } from "../tests/rigs/fuse/processes.ts";
import { rigProgram, startFuseRig, whyNoFuseRig } from "../tests/rigs/fuse/rig.ts";
import { ECHO, echo, meWith } from "../tests/simulator/echo.ts";
import type { Form } from "./bench_forms.ts";
import { rounded } from "./bench_plan.ts";
import {
  benchService,
  carry,
  type Direction,
  type Latency,
  type Load,
  measureLatency,
  openAndClose,
  serveTcp,
} from "./bench_tunnel_load.ts";

export interface TunnelBenchOptions {
  readonly root: string;
  /** Bytes of one case, all sessions and both ways together, in MB. */
  readonly megabytes: number;
  /** Another local management service, measured too. */
  readonly peer: readonly string[] | undefined;
  /** 10 GB and 100,000 sessions, and what memory they leave. */
  readonly long: boolean;
}

/** One direction and number of sessions. `cpuSecondsPerGB` is of the process in the middle alone, user and system. */
export interface TunnelCase extends Load {
  readonly cpuSecondsPerGB: number;
}

/** What a process between clients and the firmware, or a server, takes. */
export interface TunnelCost {
  readonly rssIdleMiB: number;
  readonly latency: Latency;
  /** By direction and number of sessions, `down 8`. */
  readonly cases: Readonly<Record<string, TunnelCase>>;
  readonly long?: LongRun;
}

interface LongRun {
  /** After each GB. */
  readonly rssMiBByGB: readonly number[];
  /** After each 10,000 sessions. */
  readonly rssMiBBySessions: readonly number[];
}

const PORT = 16992;
const ROUNDS = 2000;
const cases = (["down", "up", "both"] as const).flatMap((direction) =>
  [1, 4, 8].map((sessions): [Direction, number] => [direction, sessions])
);
const CLOCK_TICKS = 100;

/**
 * Measures `lms` of each form, and the peer, on the FUSE rig, each beside a plain TCP relay of its runtime, and the
 * round trip of the rig itself. Rejects where the rig cannot run, and says why.
 */
export async function benchTunnel(
  forms: readonly Form[],
  options: TunnelBenchOptions,
): Promise<Record<string, TunnelCost | Latency>> {
  const why = whyNoFuseRig();
  if (why !== undefined) throw new Error(`the FUSE rig cannot run: ${why}`);
  const results: Record<string, TunnelCost | Latency> = { "raw round trip over MEI": await rawRoundTrip() };
  const relays = new Set<string>();
  for (const { name, program, empty } of forms) {
    const relay = relayOf(name);
    if (!relays.has(relay)) results[relay] = await benchRelay(relayCommand(options.root, empty), options);
    relays.add(relay);
    console.error(`bench: lms, ${name}`);
    results[name] = await benchLms([...program, "lms", "--ndjson"], options);
  }
  if (options.peer !== undefined) results[options.peer.join(" ")] = await benchLms(options.peer, options);
  return results;
}

/** A C program, one message of 10 bytes each way: as many as CHANNEL_DATA of one byte has. */
async function rawRoundTrip(): Promise<Latency> {
  await using rig = await startFuseRig(meWith([echo()]));
  const client = toHex(encode(guidLe, ECHO));
  const { code, stdout } = await run([rigProgram("round_trips"), rig.device, client, String(ROUNDS), "10"]);
  if (code !== 0) throw new Error(`round_trips ended with ${code}`);
  const { p50Us, p99Us } = JSON.parse(stdout);
  return { p50Us, p99Us };
}

async function benchLms(command: readonly string[], options: TunnelBenchOptions): Promise<TunnelCost> {
  const lme = { credit: "bench", forwards: [PORT, 623], services: { [PORT]: benchService } } as const;
  using simulator = createSimulator("activated", { lme });
  await using rig = await startFuseRig(simulator.me);
  const child = rig.startInNamespace(command);
  child.stdout!.resume();
  child.stderr!.resume();
  return await measured(child, () => reached(PORT), options);
}

async function benchRelay(command: readonly string[], options: TunnelBenchOptions): Promise<TunnelCost> {
  using server = serveTcp();
  const child = spawn(command[0]!, [...command.slice(1), String(server.port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = new Promise<number>((resolve) => child.stdout!.once("data", (text) => resolve(Number(text))));
  return await measured(child, () => port, { ...options, long: false });
}

/** All figures of a process, which is ended then. */
async function measured(
  child: ChildProcess,
  ready: () => Promise<number>,
  { megabytes, long }: TunnelBenchOptions,
): Promise<TunnelCost> {
  const pid = child.pid!;
  try {
    const port = await ready();
    const rssIdleMiB = resident(pid);
    const results: Record<string, TunnelCase> = {};
    // The first is the runtime's, which compiles.
    await carry(port, "both", 2, 10e6);
    const latency = await measureLatency(port, ROUNDS);
    for (const [direction, sessions] of cases) {
      const length = Math.ceil(megabytes * 1e6 / sessions / (direction === "both" ? 2 : 1));
      const before = cpuSeconds(pid);
      const load = await carry(port, direction, sessions, length);
      results[`${direction} ${sessions}`] = {
        ...load,
        cpuSecondsPerGB: rounded((cpuSeconds(pid) - before) / (megabytes / 1000)),
      };
    }
    return { rssIdleMiB, latency, cases: results, ...(long ? { long: await longRun(pid, port) } : {}) };
  } finally {
    await terminate(child);
  }
}

async function longRun(pid: number, port: number): Promise<LongRun> {
  const rssMiBByGB: number[] = [];
  for (let gigabytes = 0; gigabytes < 10; gigabytes++) {
    await carry(port, gigabytes % 2 === 0 ? "down" : "up", 8, 125e6);
    rssMiBByGB.push(resident(pid));
  }
  const rssMiBBySessions: number[] = [];
  for (let sessions = 0; sessions < 100_000; sessions += 10_000) {
    await openAndClose(port, 10_000);
    rssMiBBySessions.push(resident(pid));
  }
  return { rssMiBByGB, rssMiBBySessions };
}

/** The plain relay on the runtime of an empty program; the executable's is that of Bun. */
function relayCommand(root: string, empty: readonly string[]): string[] {
  const script = join(root, "scripts/bench_relay.mjs");
  return empty.length > 1 ? [...empty.slice(0, -1), script] : [join(root, "node_modules/bun/bin/bun.exe"), script];
}

function relayOf(form: string): string {
  return `plain relay on ${form.split(" ")[0]}`;
}

/** Resolves with the port when a connection to it is taken and stays. */
async function reached(port: number): Promise<number> {
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      await openAndClose(port, 4);
      return port;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`nothing serves port ${port}`);
}

/** User and system time so far: fields 14 and 15 of proc_pid_stat(5). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

function resident(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
  return rounded(Number(kibibytes) / 1024);
}
