import { readFileSync } from "node:fs";
import process from "node:process";
import { loadHost, loadLibc } from "../ffi/load.ts";
import { HttpClient } from "../protocols/http/mod.ts";
import { WsmanClient } from "../protocols/wsman/mod.ts";
import { Tunnel } from "../services/tunnel/tunnel.ts";
import { httpPost } from "../services/wsman/post.ts";
import { remoteRoute, type Route, tunnelRoute } from "../services/wsman/route.ts";
import { MeiDevice } from "../transport/mei_device.ts";

/** What one process is to do, as JSON in its only argument. */
export interface ClientPlan {
  /** A port of loopback, or a node of the mei driver. */
  readonly to: { readonly port: number } | { readonly device: string };
  /** One connection for all, or one for each. */
  readonly keepAlive: boolean;
  /** Gets before the measured ones: the first are the runtime's, which compiles. */
  readonly before: number;
  readonly count: number;
}

/** What it found, as JSON on standard output. */
export interface ClientResult {
  /** Of each Get that was measured, in microseconds. */
  readonly timesUs: number[];
  /** The most memory that the process has had, in MiB. */
  readonly peakMiB: number;
}

const { signal } = new AbortController();

if (import.meta.main) {
  const plan: ClientPlan = JSON.parse(process.argv[2]!);
  const { to } = plan;
  const result = "port" in to
    ? await measure(remoteRoute({ host: "127.0.0.1", port: to.port }, false), plan)
    : await measureDevice(to.device, plan);
  process.stdout.write(JSON.stringify(result));
}

async function measureDevice(path: string, plan: ClientPlan): Promise<ClientResult> {
  const libc = await loadLibc();
  try {
    await using tunnel = await Tunnel.start(new MeiDevice({ libc, host: await loadHost(), path }), { signal });
    return await measure(await tunnelRoute(tunnel, false, signal), plan);
  } finally {
    libc.dispose();
  }
}

async function measure({ dial, host, port }: Route, { keepAlive, before, count }: ClientPlan): Promise<ClientResult> {
  const credentials = { user: "admin", password: () => Promise.resolve("P@ssw0rd") };
  await using http = new HttpClient({ dial, host, port, credentials, keepAlive });
  const wsman = new WsmanClient(httpPost(http, signal));
  const timesUs: number[] = [];
  for (let done = 0; done < before + count; done++) {
    const start = performance.now();
    await wsman.get("AMT_GeneralSettings");
    if (done >= before) timesUs.push(Math.round((performance.now() - start) * 1000));
  }
  const [, kibibytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
  return { timesUs, peakMiB: Number(kibibytes) / 1024 };
}
