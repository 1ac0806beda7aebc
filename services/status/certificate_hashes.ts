import { toHex } from "../../core/binary/mod.ts";
import {
  certificateHash,
  EnumerateHashHandles,
  GetCertificateHashEntry,
  HashAlgorithm,
} from "../../protocols/amthi/mod.ts";
import type { Ask } from "./amthi_reader.ts";
import type { Collector } from "./collector.ts";
import { describe } from "./named.ts";

/** More than any firmware holds: rpc-go reads at most 33. */
const MOST_HASHES = 64;

/** One message for the handles and one for each of them; an entry that cannot be had leaves the others. */
export async function readCertificateHashes(ask: Ask, collector: Collector): Promise<void> {
  const { status } = collector;
  const data = await ask(["certificateHashes"], EnumerateHashHandles, {});
  if (data === undefined) return;
  const handles = data.handles.slice(0, MOST_HASHES);
  if (handles.length < data.handles.length) {
    collector.warn(`the firmware names ${data.handles.length} certificate hashes; the first ${MOST_HASHES} were read`);
  }
  status.certificateHashes = [];
  for (const handle of handles) {
    const entry = await ask([`certificateHashes.${status.certificateHashes.length}`], GetCertificateHashEntry, {
      handle,
    });
    if (entry === undefined) continue;
    const { algorithm, hash } = certificateHash(entry);
    status.certificateHashes.push({
      name: entry.name,
      algorithm: describe(HashAlgorithm, algorithm),
      hash: toHex(hash),
      active: entry.isActive,
      default: entry.isDefault,
    });
  }
}
