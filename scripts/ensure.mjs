/** Installs the packages of the lock file when they are missing or older than it. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const deno = join(root, "node_modules", "deno", "deno");

/** Runs `npm ci` if needed; its own output goes to stderr, since stdout belongs to what is started next. */
export function ensure() {
  checkNode();
  if (installed()) return;
  const done = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status === 0 && existsSync(deno)) return;
  console.error("amtctl: npm ci did not install the packages; what it printed says why");
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`amtctl: Node ${process.versions.node} is too old, 20.19 is needed`);
  process.exit(1);
}

/** npm keeps a copy of the lock file, less its root, in node_modules. */
function installed() {
  const copy = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(copy) || !existsSync(deno)) return false;
  const wanted = packages(join(root, "package-lock.json"));
  const have = packages(copy);
  return Object.entries(wanted).every(([path, entry]) =>
    path === "" || entry.optional || have[path]?.version === entry.version
  );
}

function packages(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages;
}
