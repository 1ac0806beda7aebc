import { type Codec, prefixedText, u16le } from "../../core/binary/mod.ts";

/** AMT_UNICODE_STRING, which in spite of its name is ASCII: its length, then 20 bytes (22 in all). */
export const amtUnicodeString: Codec<string> = prefixedText(u16le, 20);
