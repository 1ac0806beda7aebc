import { toHex } from "../../core/binary/mod.ts";
import { HothamClient } from "../../protocols/hotham/mod.ts";
import type { FieldPath } from "./collector.ts";
import type { PartInput } from "./read_status.ts";

export const flashLogFields = ["flashLog"] as const satisfies FieldPath[];

export async function readFlashLog({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new HothamClient(mei, options);
  const { signal } = options;
  const log = take(flashLogFields, await client.flashLog({ signal }));
  if (log !== undefined) collector.status.flashLog = { bytes: log.length, hex: toHex(log) };
}
