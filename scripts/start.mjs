/** `npm start -- ARGS…`: amtctl from the sources. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { deno, ensure, root } from "./ensure.mjs";

ensure();
const args = ["run", "-A", "--quiet", "--config", join(root, "deno.json"), join(root, "commands", "main.ts")];
const child = spawn(deno, [...args, ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
