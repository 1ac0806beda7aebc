import { GetPlatformId, OemPlatformIdType, platformIdText, UpidClient } from "../../protocols/upid/mod.ts";
import type { FieldPath } from "./collector.ts";
import { describe } from "./named.ts";
import type { PartInput } from "./read_status.ts";

export const upidFields = ["upid"] as const satisfies FieldPath[];

/** The unique platform id, which newer firmware has. */
export async function readUpid({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new UpidClient(mei, options);
  const { signal } = options;
  const data = take(upidFields, await client.call(GetPlatformId, { signal }));
  if (data === undefined) return;
  collector.status.upid = {
    oemPlatformIdType: describe(OemPlatformIdType, data.type, {
      notSet: "not set",
      text: "printable text",
    }),
    ...platformIdText(data),
  };
}
