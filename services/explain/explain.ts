import { AmtError } from "../../core/errors/mod.ts";
import { explainApf, explainCim, explainHfsts, explainMkhi, explainPtStatus, explainStatus } from "./firmware_codes.ts";
import { type Code, codeOf, type Kind, kinds, type Reading } from "./reading.ts";
import { explainErrno, explainError, explainExit, isMeiErrno } from "./system_codes.ts";

export { type Kind, kinds, type Reading };

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
 * Every meaning of a code, the most likely first. `KIND:CODE` asks for one kind; `wsman:` for those of the web service,
 * `hfsts1:` to `hfsts6:` for a register. Throws `usage` for a code that nobody knows.
 */
export function explain(input: string): Reading[] {
  const code = input.trim().replace(/\s*[:=\s]\s*/, ":");
  const narrowed = /^([a-z]+):(.*)$/is.exec(code);
  const asked = narrowed === null ? undefined : readersOf(narrowed[1]!.toLowerCase());
  const found = asked === undefined
    ? anyReading(codeOf(code))
    : asked.flatMap((kind) => readers[kind](codeOf(narrowed![2]!)));
  if (found.length > 0) return found;
  const names = asked === undefined ? "" : ` (${asked.join(", ")})`;
  throw new AmtError("usage", `"${input}" is no code that is known${names}`, {
    hint: `Write a number or a name; KIND:CODE says what it is, with KIND one of ${kinds.join(", ")}, wsman`,
  });
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
