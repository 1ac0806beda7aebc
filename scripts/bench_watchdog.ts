import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { createSimulator } from "../simulator/mod.ts";
import { hostWithFreeWatchdog } from "../tests/rigs/fuse/free_watchdog.ts";
import { startFuseRig, whyNoFuseRig } from "../tests/rigs/fuse/rig.ts";
import type { Form } from "./bench_forms.ts";
import { rounded } from "./bench_plan.ts";

/** How regular the heartbeats of `watchdog run` are while every processor is busy. */
export interface WatchdogCost {
  readonly seconds: number;
  readonly intervalMs: number;
  /** Busy processes beside it. */
  readonly load: number;
  readonly heartbeats: number;
  /** Heartbeats of which two intervals later there was still no sign. */
  readonly lost: number;
  /** How far the time between two heartbeats was from the interval, in ms. */
  readonly jitterMs: { readonly p50: number; readonly p99: number; readonly most: number };
}

const INTERVAL_MS = 1000;

/** Measures each form for so many seconds, on the FUSE rig. Rejects where the rig cannot run, and says why. */
export async function benchWatchdog(forms: readonly Form[], seconds: number): Promise<Record<string, WatchdogCost>> {
  const why = whyNoFuseRig();
  if (why !== undefined) throw new Error(`the FUSE rig cannot run: ${why}`);
  const results: Record<string, WatchdogCost> = {};
  for (const { name, program } of forms) results[name] = await measure(program, seconds);
  return results;
}

async function measure(program: readonly string[], seconds: number): Promise<WatchdogCost> {
  using simulator = createSimulator();
  await using rig = await startFuseRig(simulator.me, { host: await hostWithFreeWatchdog() });
  const load = cpus().map(() => spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" }));
  try {
    await rig.runInNamespace([
      ...["timeout", "-s", "TERM", String(seconds)],
      ...[...program, "watchdog", "run", "--ndjson", "--interval", `${INTERVAL_MS}ms`],
    ], { timeoutMs: 1000 * seconds + 30_000 });
  } finally {
    for (const child of load) child.kill("SIGKILL");
  }
  const times = simulator.me.watchdog!.beatTimes;
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const jitter = gaps.map((gap) => Math.abs(gap - INTERVAL_MS)).sort((a, b) => a - b);
  const at = (part: number) => rounded(jitter[Math.min(jitter.length - 1, Math.floor(part * jitter.length))] ?? NaN);
  return {
    seconds,
    intervalMs: INTERVAL_MS,
    load: load.length,
    heartbeats: times.length,
    lost: gaps.filter((gap) => gap >= 2 * INTERVAL_MS).length,
    jitterMs: { p50: at(0.5), p99: at(0.99), most: at(1) },
  };
}
