import { catalog, type ErrorCode, type ExitCode, exitCodes } from "../../core/errors/mod.ts";
import { type Errno, errnoName, errnoNumbers } from "../../ffi/errno.ts";
import { meiErrno } from "../../transport/mei_errno.ts";
import type { Code, Reading } from "./reading.ts";

/** What an errno, by number or name, means on a node of the mei driver, by call. */
export function explainErrno({ number, text }: Code): Reading[] {
  const upper = text.toUpperCase();
  const name: Errno | undefined = Object.hasOwn(errnoNumbers, upper)
    ? upper as keyof typeof errnoNumbers
    : number === undefined
    ? undefined
    : errnoName(number);
  if (name === undefined || !Object.hasOwn(errnoNumbers, name)) return [];
  const code = String(errnoNumbers[name as keyof typeof errnoNumbers]);
  const meanings = Object.entries(meiErrno).flatMap(([call, table]) => {
    const meaning = table[name];
    return meaning === undefined ? [] : [{ call, ...meaning }];
  });
  const said = meanings.map(({ call, text }) => `${call}: ${text}`).join("; ");
  const hints = meanings.map(({ code, hint }) => hint ?? catalog[code].hint);
  return [{
    kind: "errno",
    code,
    name,
    text: meanings.length === 0 ? "the mei driver does not give it" : said,
    advice: hints.length === 0 ? null : [...new Set(hints)].join(". "),
  }];
}

/** Whether the mei driver gives this errno at all; there is something to do about each that it gives. */
export function isMeiErrno(reading: Reading): boolean {
  return reading.advice !== null;
}

/** What this program's own exit code means, and the errors that end with it. */
export function explainExit({ number }: Code): Reading[] {
  if (number === undefined || !Object.hasOwn(exitCodes, number)) return [];
  const errors = Object.entries(catalog).filter(([, { exit }]) => exit === number);
  const [only] = errors.length === 1 ? errors : [];
  const list = errors.map(([code]) => code).join(", ");
  return [{
    kind: "exit",
    code: String(number),
    name: only?.[0] ?? null,
    text: `amtctl: ${exitCodes[number as ExitCode]}${errors.length > 1 ? ` (${list})` : ""}`,
    advice: only?.[1].hint ?? null,
  }];
}

/** What one of this program's error codes, such as `mei.busy`, means. */
export function explainError({ text }: Code): Reading[] {
  if (!Object.hasOwn(catalog, text)) return [];
  const { exit, hint } = catalog[text as ErrorCode];
  return [{ kind: "error", code: text, name: text, text: `${exitCodes[exit]} (exit code ${exit})`, advice: hint }];
}
