import { AmtError } from "../../core/errors/mod.ts";
import { GetCodeVersions, GetUuid, isJunkUuid } from "../../protocols/amthi/mod.ts";
import type { AmthiReader, Ask } from "./amthi_reader.ts";
import type { Collector, FieldPath } from "./collector.ts";
import { skuText } from "./sku.ts";

const versionFields = ["versions", "amtVersion", "build", "sku"] as const satisfies FieldPath[];

/** Which AMT this is. */
export const versionReader: AmthiReader = { fields: versionFields, read: readVersions };

/** In which machine it is. */
export const uuidReader: AmthiReader = { fields: ["uuid"], read: readUuid };

async function readVersions(ask: Ask, collector: Collector): Promise<void> {
  const data = await ask(versionFields, GetCodeVersions, {});
  if (data === undefined) return;
  const { status } = collector;
  status.versions = { BIOS: data.bios };
  for (const { name, version } of data.versions) status.versions[name] = version;
  const { AMT, "Build Number": build, Sku } = status.versions;
  status.amtVersion = AMT ?? null;
  status.build = build ?? null;
  if (Sku !== undefined && /^\d{1,9}$/.test(Sku)) {
    status.sku = { raw: Number(Sku), text: skuText(Number(Sku), AMT ?? "") };
  }
  const { amtVersion, sku } = status;
  const absent = Object.entries({ amtVersion, build: status.build, sku }).filter(([, value]) => value === null);
  if (absent.length === 0) return;
  const error = new AmtError("firmware.protocol", "GetCodeVersions has no such entry", {
    hint: "amtctl status --get versions shows the entries that it has",
  });
  collector.missing(absent.map(([field]) => field as FieldPath), error);
}

async function readUuid(ask: Ask, collector: Collector): Promise<void> {
  const data = await ask(["uuid"], GetUuid, {});
  if (data === undefined) return;
  if (!isJunkUuid(data.uuid)) collector.status.uuid = data.uuid;
  else {
    const reason = `the firmware gives ${data.uuid}, as boards without an identity do`;
    const hint = "The board's maker writes its identity (UUID) with a tool of their own; AMT takes it from there";
    collector.missing(["uuid"], new AmtError("firmware.refused", reason, { hint }));
  }
}
