import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One message of a trace. */
export interface TraceLine {
  readonly dir: string;
  /** The client's, or `hbm` for what the Linux driver exchanged with the firmware. */
  readonly guid: string;
  readonly hex: string;
}

// deno-lint-ignore no-process-global
const fixtures = process.env.AMTCTL_FIXTURES;
const folder = fixtures === undefined ? undefined : join(fixtures, "peer-traces");

export const hasTraces = folder !== undefined;

/** For the title of a suite that is skipped without traces. */
export const whySkipped = hasTraces ? "" : " (skipped: AMTCTL_FIXTURES does not say where the traces are)";

/** What independent programs and the Linux driver sent to these clients, by trace; traces without such lines are left out. */
export function sentTo(guids: readonly string[]): { trace: string; lines: TraceLine[] }[] {
  return traces().map(({ trace, lines }) => ({
    trace,
    lines: lines.filter(({ dir, guid }) => dir === "host->fw" && guids.includes(guid)),
  })).filter(({ lines }) => lines.length > 0);
}

/** All messages from and to this client, of one trace or of all; what firmware says there is a simulated one's. */
export function messagesOf(client: string, trace?: string): TraceLine[] {
  const read = traces().filter((each) => trace === undefined || each.trace === `${trace}.ndjson`);
  return read.flatMap(({ lines }) => lines.filter(({ guid }) => guid === client));
}

/** The same by trace; traces without such messages are left out. */
export function conversationsWith(client: string): { trace: string; lines: TraceLine[] }[] {
  return traces().map(({ trace, lines }) => ({ trace, lines: lines.filter(({ guid }) => guid === client) }))
    .filter(({ lines }) => lines.length > 0);
}

function traces(): { trace: string; lines: TraceLine[] }[] {
  if (folder === undefined) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".ndjson")).sort().map((trace) => {
    const lines = readFileSync(join(folder, trace), "utf8").split("\n").filter((line) => line !== "");
    return { trace, lines: lines.map((line) => JSON.parse(line) as TraceLine) };
  });
}
