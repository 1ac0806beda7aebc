import { existsSync } from "node:fs";
import type { Case, Cost, Plan, Series } from "./bench_plan.ts";
import { environment, run } from "./bench_process.ts";

const TIME = "/usr/bin/time";

/** Runs the cases in turn, after one round that warms caches up. Throws when one ends with another code than it should. */
export async function measure({ runs, cases }: Plan): Promise<Series[]> {
  const series = cases.map(({ name }) => ({ name, costs: [] as Cost[], rssKiB: null as number | null }));
  for (let round = -1; round < runs; round++) {
    for (const [index, each] of cases.entries()) {
      const { exit, ...cost } = await run(each.command);
      if (each.exit !== undefined && exit !== each.exit) {
        throw new Error(`${each.command.join(" ")}: ended with ${exit}, not ${each.exit}`);
      }
      if (round >= 0) series[index]!.costs.push(cost);
    }
  }
  for (const [index, each] of cases.entries()) series[index]!.rssKiB = await largestResidentSet(each);
  return series;
}

/** Not from `wait4`, for which a process that was spawned by a large one is as large from the start. */
async function largestResidentSet({ command }: Case): Promise<number | null> {
  if (!existsSync(TIME)) return null;
  const { stderr } = await new Deno.Command(TIME, {
    args: ["-f", "%M", ...command],
    env: environment,
    clearEnv: true,
    stdin: "null",
    stdout: "null",
  }).output();
  return Number(new TextDecoder().decode(stderr).trim().split("\n").at(-1));
}

if (import.meta.main) console.log(JSON.stringify(await measure(JSON.parse(Deno.args[0]!))));
