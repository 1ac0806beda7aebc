import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fromRoot } from "./describe_rig.ts";

/** Source of a program of the Linux sources, which the kernel rig's setup unpacks; `undefined` where it has not run. */
export const sampleSource = findSource();

/** What to run when there is no source. */
export const sampleHint = sampleSource === undefined ? " (bash tests/rigs/kernel/setup.sh --install)" : "";

/** Builds mei-amt-version, which asks AMT's host interface for its versions; answers its path. */
export function buildSample(): string {
  const binary = fromRoot("build/fuse-rig/mei-amt-version");
  const { status, stderr } = spawnSync("gcc", ["-O2", "-o", binary, sampleSource!], { encoding: "utf8" });
  if (status !== 0) throw new Error(`mei-amt-version: ${stderr}`);
  return binary;
}

/** What it printed, by name. */
export function versionsOf(output: string): Record<string, string> {
  const lines = [...output.matchAll(/^([^:\n]+):\t(.*)$/gm)];
  return Object.fromEntries(lines.map(([, name, version]) => [name!, version!]));
}

function findSource(): string | undefined {
  const rig = fromRoot("build/kernel-rig");
  if (!existsSync(rig)) return undefined;
  return readdirSync(rig).map((kernel) => `${rig}/${kernel}/kernel/mei-amt-version.c`).find((path) => existsSync(path));
}
