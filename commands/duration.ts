import { AmtError } from "../core/errors/mod.ts";

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
/** Timers of the runtimes hold 31 bits of milliseconds. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Milliseconds of `500ms`, `30s`, `1.5m`, `2h`; `undefined` for `none`. Throws `usage`. */
export function parseDuration(text: string): number | undefined {
  if (text === "none") return undefined;
  const match = /^(\d{1,10}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text);
  if (match === null) {
    throw new AmtError("usage", `"${text}" is not a duration`, { hint: "Write it as 500ms, 30s, 5m, 1h or none" });
  }
  const value = Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
  if (value > 0 && value <= LONGEST_MS) return value;
  const hint = "Write none for no limit; the longest is 596h";
  throw new AmtError("usage", `"${text}" is ${value === 0 ? "no time at all" : "too long"}`, { hint });
}
