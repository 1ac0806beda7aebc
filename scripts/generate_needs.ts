/**
 * Writes into README what the Bun executable needs of a system: `generate_needs.ts EXECUTABLE [--check]`. Reads the
 * file with readelf; with --check fails when README would change.
 */

const [executable, flag] = Deno.args;
if (executable === undefined) {
  console.error("generate_needs: name the executable, such as dist/amtctl-bun-linux-x64");
  Deno.exit(2);
}

const row = /(`amtctl-bun-linux-x64` +\| )[^;]*;[^;]*(;)/;
const readme = new URL("../README.md", import.meta.url);
const before = Deno.readTextFileSync(readme);
const after = before.replace(row, `$1glibc ${newestGlibc()} or newer; ${libraries().join(", ")}$2`);
if (!row.test(before)) {
  console.error("generate_needs: README has no row for amtctl-bun-linux-x64");
  Deno.exit(1);
}
if (flag !== "--check") {
  Deno.writeTextFileSync(readme, after);
} else if (after !== before) {
  console.error(`generate_needs: README is out of date; run scripts/generate_needs.ts ${executable}`);
  Deno.exit(1);
}

/** The highest version of glibc's symbols that is asked for. */
function newestGlibc(): string {
  const found = [...readelf("--version-info").matchAll(/GLIBC_(\d+)\.(\d+)/g)];
  const versions = found.map(([, major, minor]) => [Number(major), Number(minor)] as const);
  return versions.sort((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1)!.join(".");
}

/** Without the loader, which comes with libc. */
function libraries(): string[] {
  const names = [...readelf("--dynamic").matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name!);
  return names.filter((name) => !name.startsWith("ld-")).sort();
}

function readelf(option: string): string {
  const { stdout } = new Deno.Command("readelf", { args: ["--wide", option, executable!] }).outputSync();
  return new TextDecoder().decode(stdout);
}
