/** Fails on an import that goes up a floor, or sideways where floors forbid it. */

import { walk } from "./walk.ts";

/** From the ground up; a folder may import its own and every one below. */
const floors: readonly (readonly string[])[] = [
  ["core", "schemas", "package.json"],
  ["ffi"],
  ["transport"],
  ["protocols"],
  ["services", "simulator"],
  ["commands"],
  ["mod.ts"],
  ["tests", "scripts"],
];

/** Within a folder these parts do not know each other. */
const apart = ["protocols"];
/** What several protocols may share. */
const shared = ["protocols/mei"];

const builtinImport = /^(?:import|export)\s(?!type\b)(?:[\w*{},\s]*\sfrom\s+)?["']((?:node|bun):[^"']+)["']/gm;

const failures: string[] = [];
let files = 0;
for (const file of walk(".", /\.(ts|mjs)$/)) {
  files++;
  if (!["tests", "scripts"].includes(top(file))) checkBuiltins(file);
  for (const target of imports(file)) check(file, target);
}
for (const failure of failures) console.error(failure);
console.error(`layers: ${files} files, ${failures.length} forbidden imports`);
Deno.exit(failures.length === 0 ? 0 : 1);

function check(file: string, target: string): void {
  const [from, to] = [floorOf(file), floorOf(target)];
  if (from === undefined || to === undefined) {
    failures.push(`${file}: ${from === undefined ? file : target} stands on no floor`);
  } else if (to > from) {
    failures.push(`${file}: imports ${target}, which is a floor above`);
  } else if (to === from && top(file) !== top(target) && !["tests", "scripts"].includes(top(file))) {
    failures.push(`${file}: imports ${target}, which is beside it on the same floor`);
  } else if (apart.includes(top(file)) && top(file) === top(target) && part(file) !== part(target)) {
    if (!shared.includes(part(target))) failures.push(`${file}: imports ${target}, another part of ${top(file)}`);
  }
}

/** Built-in modules cost start-up time, and a static one of Bun's breaks the bundle on the other runtimes. */
function checkBuiltins(file: string): void {
  const text = Deno.readTextFileSync(file);
  for (const [, specifier] of text.matchAll(builtinImport)) {
    failures.push(`${file}: imports ${specifier} statically`);
  }
}

function floorOf(path: string): number | undefined {
  const floor = floors.findIndex((names) => names.includes(top(path)));
  return floor < 0 ? undefined : floor;
}

function top(path: string): string {
  return path.split("/")[0]!;
}

function part(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

function imports(file: string): string[] {
  const text = Deno.readTextFileSync(file);
  const found = text.matchAll(
    /(?:^|\s)(?:import|export)\b[^;"']*?["'](\.{1,2}\/[^"']+)["']|import\(\s*["'](\.{1,2}\/[^"']+)["']/g,
  );
  return Array.from(found, (match) => {
    const url = new URL((match[1] ?? match[2])!, `file:///${file}`);
    return decodeURIComponent(url.pathname.slice(1));
  });
}
