import { attention, type Field, type Meaning, meaning } from "./field.ts";
import { type Generation, generations } from "./generation.ts";
import { hfsts1 } from "./hfsts1.ts";
import { hfsts2 } from "./hfsts2.ts";
import { hfsts3 } from "./hfsts3.ts";
import { hfsts4 } from "./hfsts4.ts";
import { hfsts5 } from "./hfsts5.ts";
import { hfsts6 } from "./hfsts6.ts";

/** A field with what its bits say. */
export interface DecodedField extends Meaning {
  readonly name: string;
  /** Its bits, lowest and highest, from 0. */
  readonly bits: { readonly low: number; readonly high: number };
  readonly raw: number;
  /** The generations that this reading is right for; the one that was given, or several. */
  readonly generations: readonly Generation[];
}

const registers: readonly (readonly Field[])[] = [hfsts1, hfsts2, hfsts3, hfsts4, hfsts5, hfsts6];

/** What an absent or sleeping PCI function is read as. */
const ALL_ONES = 0xffff_ffff;

/**
 * The fields of HFSTS1 to HFSTS6. Without a generation every reading is given, those that differ over the same bits one
 * after another. Bits that no public source names are left out; a register of all ones is one field.
 *
 * @param index 1 to 6
 * @param word 32 bits
 */
export function decodeRegister(index: number, word: number, generation?: Generation): DecodedField[] {
  const fields = registers[index - 1];
  if (fields === undefined) throw new RangeError(`${index} is no register`);
  if (!Number.isInteger(word) || word < 0 || word > ALL_ONES) throw new RangeError(`${word} is no 32 bit word`);
  if (word === ALL_ONES) return [unreadable(generation)];
  return fields
    .filter((field) => generation === undefined || field.generations.includes(generation))
    .map((field) => decoded(field, word, generation))
    .sort((a, b) => a.bits.low - b.bits.low);
}

function decoded(field: Field, word: number, generation: Generation | undefined): DecodedField {
  const { name, low, width } = field;
  const raw = Math.floor(word / 2 ** low) % 2 ** width;
  return {
    name,
    bits: { low, high: low + width - 1 },
    raw,
    generations: generation === undefined ? field.generations : [generation],
    ...field.meaning(raw, word),
  };
}

function unreadable(generation: Generation | undefined): DecodedField {
  return {
    name: "unreadable",
    bits: { low: 0, high: 31 },
    raw: ALL_ONES,
    generations: generation === undefined ? generations : [generation],
    ...meaning(
      true,
      "all bits are set: the PCI function does not answer",
      attention("The Management Engine is hidden by the BIOS, switched off or in deep sleep, and tells nothing"),
    ),
  };
}
