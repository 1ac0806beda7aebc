import type { NamedNumber } from "../../core/binary/mod.ts";
import type { Named } from "./status.ts";

/** A number that the firmware gave, as a status tells it. `texts` has a text for each name that is not its own. */
export function describe<const M extends Record<string, number>>(
  names: NamedNumber<M>,
  value: (keyof M & string) | number,
  texts: { readonly [K in keyof M & string]?: string } = {},
): Named<keyof M & string> {
  if (typeof value === "number") return { value: null, raw: value, text: `unknown (${value})` };
  return { value, raw: names.names[value]!, text: texts[value] ?? value };
}
