import { type Generation, generationOf, generationText, nodeGeneration } from "../protocols/mei/hfsts/mod.ts";
import type { MeiNode } from "../transport/sysfs.ts";
import type { Missing } from "./missing.ts";

/** The status registers of a machine's firmware, and what they have to be read by. */
interface FirmwareStatus {
  /** HFSTS1 to 6, as many as there are. */
  readonly words: readonly number[];
  /** `major.minor.hotfix.build`, or as much of it as was given. */
  readonly version: string | undefined;
  readonly generation: Generation | undefined;
  readonly unavailable: Missing[];
  readonly warnings: string[];
}

/** What sysfs tells of a node's registers; `given` stands in for the version that sysfs tells. */
export function firmwareStatus(node: MeiNode | undefined, given?: string): FirmwareStatus {
  const words = node?.firmwareStatus ?? [];
  const version = given ?? node?.firmwareVersions[0]?.version;
  const generation = nodeGeneration(node, version);
  const unavailable: Missing[] = [];
  const warnings: string[] = [];
  if (words.length === 0) {
    unavailable.push({ field: "registers", reason: "sysfs has no fw_status for this device" });
  } else if (generation === undefined) {
    const reason = "sysfs does not tell the firmware's version (fw_ver), so some bits have two readings; " +
      "--firmware names it";
    unavailable.push({ field: "generation", reason });
  } else if (version === undefined) {
    warnings.push(`taken for ${generationText(generation)}, since its host bus messages are ${node?.hbmVersion}`);
  }
  if (node?.kind !== undefined && node.kind !== "mei") {
    warnings.push(`${node.path} is of kind ${node.kind}, whose registers differ from a Management Engine's`);
  }
  return { words, version, generation, unavailable, warnings };
}

/** A firmware by its version, of which the first number is enough. */
export function firmwareOf(version: string | undefined): Pick<FirmwareStatus, "version" | "generation"> {
  return { version, generation: version === undefined ? undefined : generationOf(parseInt(version, 10)) };
}
