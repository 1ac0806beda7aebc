import type { MeiNode } from "../../../transport/sysfs.ts";
import { type Generation, generationOf } from "./generation.ts";

/** What of a node its generation is told by. */
type GenerationSigns = Pick<MeiNode, "firmwareVersions" | "hbmVersion" | "pci">;

/**
 * Which layout the registers of a node's firmware have; `undefined` where nothing tells. The version goes first, which
 * is the running firmware's in sysfs unless a better one is given.
 */
export function nodeGeneration(
  node: GenerationSigns | undefined,
  version: string | undefined = node?.firmwareVersions[0]?.version,
): Generation | undefined {
  return generationOf(Number.parseInt(version ?? "", 10)) ?? (node === undefined ? undefined : byBus(node));
}

/** CSME has clients at fixed addresses, which came with host bus messages 2.0; the kernel cannot ask older firmware. */
function byBus({ hbmVersion, pci }: GenerationSigns): Generation | undefined {
  return hbmVersion?.startsWith("1.") && pci?.driver === "mei_me" ? "me" : undefined;
}
