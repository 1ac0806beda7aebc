import { list, struct, text, u32le, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtUnicodeString } from "../types.ts";

/** BIOS and firmware versions by name, such as `AMT`, `Build Number`, `Sku` (a bit mask in decimal). */
export const CodeVersions = struct({
  bios: text(65),
  versions: list(u32le, struct({ name: amtUnicodeString, version: amtUnicodeString })),
});
export type CodeVersions = Wire<typeof CodeVersions>;

/** Works in every provisioning state. */
export const GetCodeVersions = message("GetCodeVersions", 0x0400_001a, { request: noData, response: CodeVersions });
