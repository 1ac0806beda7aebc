import { join } from "node:path";
import { createSimulator, type Simulator } from "../simulator/mod.ts";
import { serve } from "../simulator/serve.ts";
import { run } from "../tests/rigs/fuse/processes.ts";
import { startFuseRig, whyNoFuseRig } from "../tests/rigs/fuse/rig.ts";
import type { Form } from "./bench_forms.ts";
import { rounded } from "./bench_plan.ts";
import type { ClientPlan, ClientResult } from "./bench_wsman_client.ts";

/** Times of one Get of AMT_GeneralSettings, with its answer parsed, in microseconds. */
export interface GetTimes {
  readonly p50Us: number;
  readonly p99Us: number;
}

/** What the client takes on one runtime; the simulated AMT at the other end is in each time. */
export interface WsmanCost {
  /** Through our own channel to the FUSE rig, one for each Get. */
  readonly apf: GetTimes;
  /** The same by TCP, with a connection for each Get. */
  readonly tcp: GetTimes;
  /** Median of the former over that of the latter. */
  readonly apfToTcp: number;
  /** By TCP on one connection. */
  readonly keptRequestsPerSecond: number;
  /** The most memory of a process that made one Get, and of one whose answer had 4 MB. */
  readonly peakMiB: number;
  readonly peakMiBWith4MB: number;
}

const LONG_BYTES = 4_000_000;

/** Measures WS-Management on the runtime of each form. Rejects where the rig cannot run, and says why. */
export async function benchWsman(
  forms: readonly Form[],
  { root, runs }: { readonly root: string; readonly runs: number },
): Promise<Record<string, WsmanCost>> {
  const why = whyNoFuseRig();
  if (why !== undefined) throw new Error(`the FUSE rig cannot run: ${why}`);
  const results: Record<string, WsmanCost> = {};
  for (const { name, empty } of forms) {
    // What runs scripts; the executable's runtime is that of the bundle.
    if (empty.length < 2) continue;
    console.error(`bench: wsman, ${name.split(" ")[0]}`);
    const client = [...empty.slice(0, -1), join(root, "scripts/bench_wsman_client.ts")];
    results[name.split(" ")[0]!] = await measured(client, 20 * runs);
  }
  return results;
}

async function measured(client: readonly string[], count: number): Promise<WsmanCost> {
  using simulator = createSimulator("activated");
  await using rig = await startFuseRig(simulator.me);
  await using serving = await listening(simulator);
  const before = Math.ceil(count / 4);
  const { port } = serving.plain!;
  const apf = await gets(client, { to: { device: rig.device }, keepAlive: false, before, count });
  const tcp = await gets(client, { to: { port }, keepAlive: false, before, count });
  const kept = await gets(client, { to: { port }, keepAlive: true, before, count });
  const once = await gets(client, { to: { port }, keepAlive: true, before: 0, count: 1 });
  using talkative = createSimulator("activated", { amt: { faults: [{ kind: "long", bytes: LONG_BYTES }] } });
  await using long = await listening(talkative);
  const much = await gets(client, { to: { port: long.plain!.port }, keepAlive: true, before: 0, count: 1 });
  const seconds = kept.timesUs.reduce((sum, each) => sum + each, 0) / 1e6;
  return {
    apf: times(apf),
    tcp: times(tcp),
    apfToTcp: rounded(times(apf).p50Us / times(tcp).p50Us),
    keptRequestsPerSecond: rounded(kept.timesUs.length / seconds),
    peakMiB: rounded(once.peakMiB),
    peakMiBWith4MB: rounded(much.peakMiB),
  };
}

function listening({ me }: Simulator) {
  return serve(me, { plain: { address: "127.0.0.1", port: 0 } });
}

async function gets(client: readonly string[], plan: ClientPlan): Promise<ClientResult> {
  const { code, stdout, stderr } = await run([...client, JSON.stringify(plan)], { timeoutMs: 600_000 });
  if (code !== 0) throw new Error(`the client ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

function times({ timesUs }: ClientResult): GetTimes {
  const sorted = timesUs.toSorted((a, b) => a - b);
  return { p50Us: sorted[sorted.length >> 1]!, p99Us: sorted[Math.floor(sorted.length * 0.99)]! };
}
