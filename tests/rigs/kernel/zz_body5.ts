import { Guest, runtimes } from "./guest.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { ClientWire } from "./client_wire.ts";
import { bundleProgram } from "./bundle.ts";
const t0 = performance.now();
const log = (...a: unknown[]) => console.log(((performance.now() - t0) / 1000).toFixed(2), ...a);
const program = await bundleProgram();
await using guest = await Guest.boot((Deno.args[0] ?? "6.1") as "6.1");
const rt = runtimes[(Deno.args[1] ?? "bun") as "bun"];
const amt = `${rt} ${program}`;
const sim = createSimulator("activated", { timeScale: 60 });
const { me } = sim;
const wire = new ClientWire(me, WATCHDOG);
await using link = await guest.firmware(me, { intercept: wire.intercept });
me.eventLog.onEntry(() => log("EVENT LOG ENTRY"));
const short = (s: string) => s.replace(/0{10,}/g, "0..");
const sh = async (c: string) => { const t = performance.now(); const r = await guest.sh(c, { timeoutMs: 60000 }); log("$", c.replace(amt, "amtctl"), "=>", ((performance.now() - t) / 1000).toFixed(2), r.exitCode, r.stdout.replace(/\s+/g, " "), "ERR", r.stderr.replace(/\s+/g, " "), "\n      | wire", wire.take().map(short).join(" "), "| armed", me.watchdog!.armed); return r; };
const holds = (c: string, timeoutMs = 10000) => guest.sh(`until ${c}; do sleep 0.02; done 2>/dev/null`, { timeoutMs });
const reaches = (s: string) => holds(`[ "$(cat /sys/class/mei/mei0/dev_state)" = ${s} ]`);
await reaches("ENABLED");
await holds("[ -e /sys/bus/mei/devices/*05b79a6f* ]");
await sh("insmod /lib/mod/softdog.ko; insmod /lib/mod/mei_wdt.ko");
await holds("[ -e /sys/class/watchdog/watchdog1/identity ]");
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
async function run(flags: string) { const p = guest.start(`echo $$; exec ${amt} watchdog run ${flags} --ndjson`); await p.until(({ stdout }) => stdout.includes('"heartbeat"') || undefined, 30000); log("run started", flags, short(wire.take().join(" "))); return p; }
const pidOf = (p: { stdout: string }) => p.stdout.split("\n")[0];
const seen = (p: { stdout: string; stderr: string }) => p.stdout.split("\n").slice(1).map((l) => l.replace(/"at":"[^"]*",?/, "")).join("\n        ") + " ERR " + p.stderr;
async function timed(c: string, how: () => void) {
  const p = guest.start(`echo $$; exec ${c}`); p.endInput();
  const t = performance.now(); const at = () => ((performance.now() - t) / 1000).toFixed(2);
  await p.until(({ stdout }) => stdout.includes("\n") || undefined, 30000);
  how();
  try { await p.until(({ stderr }) => stderr.includes("\n") || undefined, 40000); log(c, "told at", at(), p.stderr); } catch (e) { log("never told", String(e)); }
  try { await p.exited(30000); log("ended at", at()); } catch { log("not ended at", at());
    await sh(`cat /proc/${pidOf(p)}/task/*/stack; cat /proc/${pidOf(p)}/status | grep -E 'State|Name'`);
    await sh(`kill -KILL ${pidOf(p)}`); try { await p.exited(10000); log("killed at", at()); } catch { log("immortal"); await sh(`cat /proc/${pidOf(p)}/task/*/stack`);} }
  log("wire", short(wire.take().join(" ")), p.stdout);
}
// silent answers but credits
import { FaultPlan } from "../../../simulator/faults.ts";
let silent = false;
Object.assign(me.faults, { message: () => silent ? { kind: "silent", nth: 1 } : undefined });

log("=== mute then reset");
{ const p = guest.start(`echo $$; exec ${amt} watchdog ping --timeout 5s --json`);
 await p.until(({ stdout }) => stdout.includes("\n") || undefined, 30000); link.firmware.mute();
 await p.until(({ stderr }) => stderr.includes("\n") || undefined, 40000); await sleep(2000); log("told"); link.firmware.unmute(); me.reset();
 await p.exited(30000); log("ended after reset"); await reaches("ENABLED"); await holds("[ -e /sys/class/watchdog/watchdog1/identity ]"); await sh(`${amt} watchdog ping`); }
log("=== run silent");
let p = await run("--interval 500ms");
silent = true;
await sleep(10000);
log(seen(p), short(wire.take().join(" ")));
silent = false;
await sh(`kill -TERM ${pidOf(p)}`);
try { await p.exited(10000); log("ended", seen(p)); } catch { log("not ended", seen(p)); await sh(`kill -KILL ${pidOf(p)}`); await p.exited(10000).catch((e) => log(String(e))); }
log("wire", short(wire.take().join(" ")));

log("=== mei way"); await sh("rmmod mei_wdt");
silent = true; await timed(`${amt} watchdog ping --timeout 10s --json`, () => {}); silent=false;
await timed(`${amt} watchdog ping --timeout 5s --json`, () => link.firmware.mute());
await sleep(1000); link.firmware.unmute(); await sh("cat /sys/class/mei/mei0/dev_state"); me.reset(); await reaches("ENABLED");
await sh(`${amt} watchdog ping`);
p = await run("--interval 500ms");
silent = true; await sleep(12000); silent = false; await sleep(3000);
await sh(`kill -TERM ${pidOf(p)}`); try { await p.exited(10000); log("ended", seen(p)); } catch { log("not ended", seen(p)); }
