import { AmtError } from "../core/errors/mod.ts";
import { parseRegisterWord, type RegisterWord } from "../protocols/mei/hfsts/mod.ts";

/** Words of one argument: one, or several with white space or commas between them. Throws `usage`. */
export function parseWords(text: string): readonly RegisterWord[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  if (parts.length === 0) fail(text, text);
  return parts.map((part) => parseRegisterWord(part) ?? fail(part, text));
}

/** The words by their registers, `undefined` between them. Words without a name are counted from HFSTS1. Throws `usage`. */
export function placeWords(words: readonly RegisterWord[]): (number | undefined)[] {
  const placed: (number | undefined)[] = [];
  let next = 1;
  for (const { register = next++, word } of words) {
    if (register > 6) throw new AmtError("usage", `${words.length} words, and there are six registers`, { hint: HINT });
    if (placed[register - 1] !== undefined) throw new AmtError("usage", `HFSTS${register} is given twice`);
    placed[register - 1] = word;
  }
  return placed;
}

/** The version of a firmware, `16.1.32.2473` or only its first numbers, as text; throws `usage`. */
export function parseFirmware(text: string): string {
  const version = /^(?:\d{1,3}:)?([1-9]\d?(?:\.\d{1,5}){0,3})$/.exec(text)?.[1];
  if (version !== undefined) return version;
  throw new AmtError("usage", `"${text}" is no firmware version`, {
    hint: "Write the number of the ME firmware, such as 16.1.32.2473, or only its first part: 16",
  });
}

const HINT = "Write up to six words in their order, or name the register: amtctl hfsts 0x94000245 HFSTS3=0x30";

function fail(part: string, text: string): never {
  const inside = /(?:register|hfsts|status)\s*([1-6])?\s*[:=]\s*(0x[0-9a-f]{1,8})\b/i.exec(text);
  const hint = inside === null
    ? `${HINT}; without 0x a word has eight hex digits`
    : `Write the word alone: ${inside[1] === undefined ? "" : `HFSTS${inside[1]}=`}${inside[2]}`;
  throw new AmtError("usage", `"${part}" is no HFSTS word`, { hint });
}
