/**
 * Runs one case of the transport contract against a device, in a process of its own: `run_case.ts PATH INDEX`.
 * Prints `{"ok":true}` or `{"ok":false,"error":…}`; a descriptor that is left open is an error.
 */

import { loadHost, loadLibc } from "../../ffi/load.ts";
import { MeiDevice } from "../../transport/mei_device.ts";
import { meiCases } from "./mei_cases.ts";

const args: string[] = "Deno" in globalThis ? Deno.args : (await import("node:process")).argv.slice(2);
const [path = "", index = ""] = args;
const contractCase = meiCases[Number(index)];
if (contractCase === undefined) throw new Error(`there is no case ${index}`);

const libc = await loadLibc();
const host = await loadHost();
const open = () => host.list("/proc/self/fd").filter((fd) => host.readLink(`/proc/self/fd/${fd}`) === path).length;
let outcome: { ok: true } | { ok: false; error: string };
try {
  await contractCase.run(new MeiDevice({ libc, host, path }));
  outcome = open() === 0 ? { ok: true } : { ok: false, error: `${open()} descriptors were left open` };
} catch (error) {
  outcome = { ok: false, error: error instanceof Error ? error.stack ?? error.message : String(error) };
}
libc.dispose();
console.log(JSON.stringify(outcome));
