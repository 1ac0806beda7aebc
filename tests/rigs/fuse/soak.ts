/**
 * Sends messages to a client that echoes and reads them back: `soak.ts DEVICE GUID COUNT`. Prints one JSON object:
 * messages per second, and the resident memory in MiB after a tenth of them and at the end.
 */

import { memoryUsage } from "node:process";
import { parseGuid } from "../../../core/guid.ts";
import { loadHost, loadLibc } from "../../../ffi/load.ts";
import { MeiDevice } from "../../../transport/mei_device.ts";

const args: string[] = "Deno" in globalThis ? Deno.args : (await import("node:process")).argv.slice(2);
const [path = "", client = "", count = ""] = args;

const libc = await loadLibc();
const mei = new MeiDevice({ libc, host: await loadHost(), path });
const resident = () => Math.round(memoryUsage().rss / 2 ** 20);
let early = 0;
const start = performance.now();
{
  await using connection = await mei.connect(parseGuid(client));
  // One for all: a hundred thousand timers that run at once are no part of what is measured.
  const signal = AbortSignal.timeout(160_000);
  const message = new Uint8Array(64);
  const view = new DataView(message.buffer);
  for (let i = 0; i < Number(count); i++) {
    view.setUint32(0, i, true);
    await connection.send(message);
    const answer = await connection.receive({ signal });
    if (answer.length !== 64 || new DataView(answer.buffer).getUint32(0, true) !== i) throw new Error(`message ${i}`);
    if (i === Number(count) / 10) early = resident();
  }
}
const perSecond = Math.round(Number(count) / (performance.now() - start) * 1000);
libc.dispose();
console.log(JSON.stringify({ perSecond, earlyMiB: early, endMiB: resident() }));
