import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSimulator } from "../simulator/mod.ts";
import { writeTree } from "../tests/rigs/fuse/sysfs_tree.ts";
import type { Plan, Series } from "./bench_plan.ts";

/** Why a /sys of our own cannot be shown here; `undefined` when it can. */
export function whyNoSysfsTree(): string | undefined {
  return Deno.uid() === 0 ? undefined : "clients over a /sys tree was not measured: a namespace needs root";
}

/**
 * Measures where /sys shows the `activated` machine: the tree and the namespace of the FUSE rig, without its device,
 * since `clients` opens none. The measuring process itself is inside, so the namespace is made once.
 */
export async function runInSysfsTree(root: string, folder: string, plan: Plan): Promise<Series[]> {
  const place = mkdtempSync(join(folder, "sysfs-"));
  const [node, tree, scratch] = ["mei0", "tree", "scratch"].map((name) => join(place, name));
  await writeTree(createSimulator().host, "/sys", join(tree!, "sys"));
  mkdirSync(scratch!);
  writeFileSync(node!, "");
  const rounds = [join(root, "node_modules/deno/deno"), "run", "-A", "--quiet", join(root, "scripts/bench_rounds.ts")];
  const { success, stdout, stderr } = await new Deno.Command(join(root, "tests/rigs/fuse/in_namespace.sh"), {
    args: [node!, tree!, scratch!, ...rounds, JSON.stringify(plan)],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
