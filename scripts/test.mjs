/** `npm test`: all tests; see test.ts. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { deno, ensure, root } from "./ensure.mjs";

ensure();
const args = ["run", "-A", "--quiet", join(root, "scripts", "test.ts"), ...process.argv.slice(2)];
process.exit(spawnSync(deno, args, { cwd: root, stdio: "inherit" }).status ?? 1);
