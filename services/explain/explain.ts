import { explainApf, explainCim, explainHfsts, explainMkhi, explainPtStatus, explainStatus } from "./firmware_codes.ts";
import { type Code, codeOf, type Kind, kinds, type Reading } from "./reading.ts";
import { explainErrno, explainError, explainExit, isMeiErrno } from "./system_codes.ts";

export { kinds, type Reading };

const readers: Readonly<Record<Kind, (code: Code) => Reading[]>> = {
  status: explainStatus,
  hfsts: explainHfsts,
  mkhi: explainMkhi,
  apf: explainApf,
  errno: explainErrno,
  exit: explainExit,
  error: explainError,
  pt: explainPtStatus,
  cim: explainCim,
};

/**
 * Every meaning of a code, the most likely first; none for a code that nobody knows. `KIND:CODE` asks for one kind;
 * `wsman:` for those of the web service, `hfsts1:` to `hfsts6:` for a register.
 */
export function explain(input: string): Reading[] {
  const code = plain(input);
  const narrowed = /^([a-z]+):(.*)$/is.exec(code);
  const asked = narrowed === null ? undefined : readersOf(narrowed[1]!.toLowerCase());
  if (asked === undefined) return anyReading(codeOf(code));
  return asked.flatMap((kind) => readers[kind](codeOf(narrowed![2]!)));
}

/** Why {@link explain} knows nothing of a code, in words; and how to write one, where more is known than the kinds. */
export function unknownCode(input: string): { readonly text: string; readonly hint: string | undefined } {
  const [, kind = "", register, digits = ""] = /^([a-z]+)([1-6]?):(.*)$/is.exec(plain(input)) ?? [];
  const asked = readersOf(kind.toLowerCase());
  if (asked?.includes("hfsts") && /^[0-9a-f]{1,7}$/i.test(digits)) {
    const name = kind + register;
    return {
      text: `"${input}" is no HFSTS word`,
      hint: `Write 0x before it, or all eight digits: ${name}:0x${digits}, ${name}:${digits.padStart(8, "0")}`,
    };
  }
  const names = asked === undefined ? "" : ` (${asked.join(", ")})`;
  return { text: `"${input}" is no code that is known${names}`, hint: undefined };
}

/** `hfsts1 = 0x90000245` is written as `hfsts1:0x90000245`. */
function plain(input: string): string {
  return input.trim().replace(/\s*[:=\s]\s*/, ":");
}

function readersOf(prefix: string): readonly Kind[] | undefined {
  if (prefix === "wsman") return ["pt", "cim"];
  return kinds.includes(prefix as Kind) ? [prefix as Kind] : undefined;
}

/** Long hexadecimal numbers are registers, short ones statuses, and decimal ones what systems and web services give. */
function anyReading(code: Code): Reading[] {
  if (code.number === undefined || /^[0-9a-f]{8}$/i.test(code.text)) return nameOrWord(code);
  const errno = explainErrno(code);
  if (code.isHex) {
    const isWord = code.number > 0xffff;
    if (isWord) return explainHfsts(code);
    return [...statusOrPt(code), ...explainMkhi(code), ...errno, ...explainExit(code)];
  }
  const isReturnValue = code.number >= 1000;
  return [
    ...errno.filter(isMeiErrno),
    ...explainExit(code),
    ...(isReturnValue ? explainPtStatus(code) : explainStatus(code)),
    ...explainCim(code),
    ...explainApf(code),
    ...errno.filter((reading) => !isMeiErrno(reading)),
  ];
}

function nameOrWord(code: Code): Reading[] {
  const named = [...explainErrno(code), ...explainError(code), ...explainHfsts(code), ...statusOrPt(code)];
  const short = code.hex !== undefined && code.hex <= 0xff ? explainMkhi(code) : [];
  return [...named, ...short, ...explainApf(code)];
}

/** The web service has a few statuses more. */
function statusOrPt(code: Code): Reading[] {
  const statuses = explainStatus(code);
  return statuses.length > 0 ? statuses : explainPtStatus(code);
}
