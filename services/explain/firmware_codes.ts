import { disconnectReasons, openFailureReasons } from "../../protocols/apf/reasons.ts";
import { amtStatusName, amtStatusText } from "../../protocols/mei/amt_status.ts";
import { mkhiResultText } from "../../protocols/mkhi/result.ts";
import { methodReturns, methodsText, webOnlyStatuses } from "../../protocols/wsman/return_values.ts";
import {
  type DecodedField,
  decodeRegister,
  firmwareHealth,
  onlyFor,
  parseRegisterWord,
  registerWordText,
} from "../../protocols/mei/hfsts/mod.ts";
import { statusAdvice } from "./status_advice.ts";
import type { Code, Reading } from "./reading.ts";

/** From here on a status is a library's, and none of AMT's. */
const FIRST_LIBRARY_STATUS = 0x1000;
/** The highest that a public table has. */
const HIGHEST_STATUS = 0x4000;

/** An AMT status by number or name. A decimal number that is none is taken for hexadecimal. */
export function explainStatus({ text, number, hex }: Code): Reading[] {
  const named = number === undefined ? statusByName(text) : undefined;
  const status = [number, hex, named].find((each) => each !== undefined && amtStatusName(each) !== undefined);
  return status === undefined ? [] : [statusReading("status", `0x${status.toString(16)}`, status)];
}

/** The same as a ReturnValue of the web service, where it is called PT_STATUS and written in decimal. */
export function explainPtStatus(code: Code): Reading[] {
  const own = Object.entries(webOnlyStatuses).find(([status, { name }]) =>
    Number(status) === code.number || name === statusName(code.text)
  );
  if (own !== undefined) return [{ kind: "pt", code: own[0], ...own[1], advice: statusAdvice(own[1].name) }];
  return explainStatus(code).map((reading) => Number(reading.code)).filter((status) => status < FIRST_LIBRARY_STATUS)
    .map((status) => statusReading("pt", String(status), status));
}

/** Methods of the web service that return numbers of their own. */
export function explainCim({ number }: Code): Reading[] {
  if (number === undefined) return [];
  return methodReturns.flatMap((methods) => {
    const value = methods.values[number];
    if (value === undefined) return [];
    const text = `${value.text} (${methodsText(methods)})`;
    return [{ kind: "cim", code: String(number), name: value.name, text, advice: null }];
  });
}

/** A result of the kernel host interface; the digits are hexadecimal with or without `0x`. */
export function explainMkhi({ hex }: Code): Reading[] {
  if (hex === undefined || hex > 0xff) return [];
  const code = hex.toString(16).toUpperCase().padStart(2, "0");
  const text = hex === 0 ? "success" : mkhiResultText(hex).replace(/ \(result [0-9A-F]{2}\)$/, "");
  return text === `result ${code}` ? [] : [{ kind: "mkhi", code: `0x${code}`, name: null, text, advice: null }];
}

/** Why a channel was not opened, and why a connection was ended. */
export function explainApf({ number, text }: Code): Reading[] {
  const lists = [["channel not opened", openFailureReasons], ["disconnected", disconnectReasons]] as const;
  return lists.flatMap(([what, reasons]) =>
    Object.entries(reasons)
      .filter(([code, { name }]) => Number(code) === number || name === text.toUpperCase())
      .map(([code, { name, text }]): Reading => ({ kind: "apf", code, name, text: `${what}: ${text}`, advice: null }))
  );
}

/** A status register's word, `HFSTS3=0x30`; without a name it is HFSTS1's. */
export function explainHfsts({ text }: Code): Reading[] {
  const parsed = parseRegisterWord(text);
  if (parsed === undefined) return [];
  const { register = 1, word } = parsed;
  const fields = decodeRegister(register, word).filter(isTelling);
  const { findings } = firmwareHealth(
    Array.from({ length: register }, (_, i) => i + 1 === register ? word : undefined),
  );
  return [{
    kind: "hfsts",
    code: `HFSTS${register}:${registerWordText(word)}`,
    name: `HFSTS${register}`,
    text: fields.length === 0
      ? "nothing in it is out of the ordinary"
      : fields.map(({ name, text, generations }) => `${name}: ${text}${onlyFor(generations)}`).join("; "),
    advice: findings.length === 0 ? null : findings.map(({ advice }) => advice).join(". "),
  }];
}

/** A state that most generations tell, or something that is not normal. */
function isTelling({ value, severity, generations }: DecodedField): boolean {
  return severity !== "normal" || (typeof value === "string" && generations.length >= 3);
}

function statusReading(kind: "status" | "pt", code: string, status: number): Reading {
  const name = amtStatusName(status) ?? null;
  const text = amtStatusText(status).replace(/^\w+ \(0x[0-9a-f]+\): /, "");
  return { kind, code, name, text, advice: name === null ? null : statusAdvice(name) };
}

function statusByName(text: string): number | undefined {
  const name = statusName(text).replace(/^INVALID_PT_MODE$/, "INVALID_AMT_MODE");
  if (!/^[A-Z][A-Z0-9_]+$/.test(name)) return undefined;
  for (let status = 0; status <= HIGHEST_STATUS; status++) if (amtStatusName(status) === name) return status;
  return undefined;
}

function statusName(text: string): string {
  return text.toUpperCase().replace(/^(?:AMT|PT)_STATUS_/, "");
}
