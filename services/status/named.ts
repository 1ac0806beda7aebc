import type { NamedNumber } from "../../core/binary/mod.ts";
import type { Named } from "./status.ts";

type Names = Readonly<Record<string, number>>;
/** Texts for those names that are not their own. */
type Texts<M extends Names> = { readonly [K in keyof M & string]?: string };

/** A number that the firmware gave, as a status tells it. */
export function describe<const M extends Record<string, number>>(
  { names }: Pick<NamedNumber<M>, "names">,
  value: (keyof M & string) | number,
  texts: Texts<M> = {},
): Named<keyof M & string> {
  if (typeof value === "number") return { value: null, raw: value, text: `unknown (${value})` };
  return { value, raw: names[value]!, text: texts[value] ?? value };
}

/** The same for a number that its layout does not name. */
export function describeNumber<const M extends Names>(names: M, raw: number, texts: Texts<M> = {}) {
  const value = Object.keys(names).find((name): name is keyof M & string => names[name] === raw);
  return describe({ names }, value ?? raw, texts);
}
