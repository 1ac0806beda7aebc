import { type Generation, generations } from "./generation.ts";

/** `attention`: AMT cannot be expected to work. `note`: worth knowing, and AMT may work. */
type Severity = "normal" | "note" | "attention";

/** What a field's bits say. */
export interface Meaning {
  /** A stable word for a state, `true` or `false` for a flag; the number itself where it has no name. */
  readonly value: string | number | boolean;
  /** For a person; no full stop. */
  readonly text: string;
  readonly severity: Severity;
  /** What it means for AMT and what to do, where it is not normal. */
  readonly advice: string | null;
}

/** One field of a register, for the generations that have it at this place. */
export interface Field {
  readonly name: string;
  /** The lowest of its bits, from 0. */
  readonly low: number;
  /** How many bits. */
  readonly width: number;
  readonly generations: readonly Generation[];
  /** `word` is the whole register, for fields that another one decides. */
  meaning(raw: number, word: number): Meaning;
}

/** Where a field is, and who has it. Left out, `width` is 1 and every generation has it. */
export interface Place {
  readonly low: number;
  readonly width?: number;
  readonly of?: readonly Generation[];
}

/** What is said about a value that is not normal. */
export interface Remark {
  readonly severity: "note" | "attention";
  readonly advice: string;
}

/** A named value of a field. */
export type Choice = readonly [value: string, text: string, remark?: Remark];

/** Something that AMT cannot be expected to work with. */
export function attention(advice: string): Remark {
  return { severity: "attention", advice };
}

/** Something worth knowing. */
export function note(advice: string): Remark {
  return { severity: "note", advice };
}

/** The words of most flags. */
export const yesNo = { off: "no", on: "yes" };

/** A bit that says yes or no; a remark belongs to one of the two. */
export function flag(
  name: string,
  place: Place,
  text: { readonly off: string; readonly on: string },
  remark: { readonly off?: Remark; readonly on?: Remark } = {},
): Field {
  return field(name, place, (raw) => {
    const value = raw !== 0;
    return meaning(value, value ? text.on : text.off, value ? remark.on : remark.off);
  });
}

/** A field with named values; one without a name gets `unknown`'s remark. */
export function choice(
  name: string,
  place: Place,
  values: Readonly<Record<number, Choice>>,
  unknown?: Remark,
): Field {
  return field(name, place, (raw) => {
    const [value, text, remark] = values[raw] ?? [raw, `${raw}, which no public source names`, unknown];
    return meaning(value, text, remark);
  });
}

/** A field that is a number; `remark` speaks of one that is not 0. */
export function count(name: string, place: Place, text: (raw: number) => string = String, remark?: Remark): Field {
  return field(name, place, (raw) => meaning(raw, text(raw), raw === 0 ? undefined : remark));
}

/** A field whose words come from elsewhere. */
export function field(name: string, place: Place, meaning: Field["meaning"]): Field {
  const { low, width = 1, of = generations } = place;
  return { name, low, width, generations: of, meaning };
}

/** The parts put together. */
export function meaning(value: Meaning["value"], text: string, remark?: Remark): Meaning {
  return { value, text, severity: remark?.severity ?? "normal", advice: remark?.advice ?? null };
}
