import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bunExecutable } from "../e2e/processes.ts";

const present = spawnSync("readelf", ["--version"]).status === 0;

describe.skipIf(!present)(`README${present ? "" : " (needs tests/media/setup.sh --install)"}`, () => {
  it("names the glibc and the libraries that the Bun executable needs", () => {
    const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
    const told = /`amtctl-bun-linux-x64` +\| glibc ([\d.]+) or newer; ([^;]+);/.exec(readme)!;
    expect(told.slice(1)).toEqual([newestGlibc(), libraries().join(", ")]);
  });
});

/** The highest version of glibc's symbols that is asked for. */
function newestGlibc(): string {
  const versions = [...readelf("--version-info").matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => {
    return [Number(major), Number(minor)] as const;
  });
  return versions.sort((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1)!.join(".");
}

/** Without the loader, which comes with libc. */
function libraries(): string[] {
  const names = [...readelf("--dynamic").matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name!);
  return names.filter((name) => !name.startsWith("ld-")).sort();
}

function readelf(option: string): string {
  return spawnSync("readelf", ["--wide", option, bunExecutable], { encoding: "utf8" }).stdout;
}
