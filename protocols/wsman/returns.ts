import { AmtError } from "../../core/errors/mod.ts";
import { amtStatusName, amtStatusText } from "../mei/amt_status.ts";
import { changesSomething } from "./operations.ts";
import { methodReturns, type ReturnValue, stateChange, webOnlyStatuses } from "./return_values.ts";
import { type XmlElement, xmlText } from "./xml/element.ts";

const CONSENT_REQUIRED = 2081;
/** CIM's word for something that was begun and goes on. */
const JOB_STARTED = 4096;
/** From here on a number is a word of Intel's libraries, and none of AMT's. */
const FIRST_LIBRARY_STATUS = 0x1000;

/**
 * What a method's output says about its success. Throws `consent.needed` where the user has to consent first,
 * `firmware.refused` for any other ReturnValue but 0 (and for 4096 where CIM starts a job), `firmware.protocol` for
 * an output without one, which is `indeterminate` where the method changes something.
 */
export function checkReturn(className: string, method: string, output: XmlElement): void {
  const text = xmlText(output, "ReturnValue");
  const subject = `${className}.${method}`;
  if (text === undefined || !/^\d{1,10}$/.test(text)) {
    const code = changesSomething(method) ? "indeterminate" : "firmware.protocol";
    throw new AmtError(code, `${subject}: an answer without a ReturnValue`, { details: { class: className, method } });
  }
  const returnValue = Number(text);
  const known = returnValueOf(className, method, returnValue);
  if (returnValue === 0 || (returnValue === JOB_STARTED && known !== undefined)) return;
  const details = { class: className, method, returnValue, name: known?.name };
  const what = known === undefined ? `ReturnValue ${returnValue}` : `${known.name} (${returnValue}): ${known.text}`;
  throw new AmtError(returnValue === CONSENT_REQUIRED ? "consent.needed" : "firmware.refused", `${subject}: ${what}`, {
    details,
  });
}

/** What a number means that this method returned; `undefined` when no public table says it. */
export function returnValueOf(className: string, method: string, returnValue: number): ReturnValue | undefined {
  const own = methodReturns.find((each) =>
    each.methods.includes(method) && (each.className === undefined || each.className === className)
  );
  const general = className.startsWith("CIM_") ? stateChange.values[returnValue] : amtStatus(returnValue);
  return own?.values[returnValue] ?? webOnlyStatuses[returnValue] ?? general;
}

function amtStatus(status: number): ReturnValue | undefined {
  const name = status < FIRST_LIBRARY_STATUS ? amtStatusName(status) : undefined;
  return name === undefined ? undefined : { name, text: amtStatusText(status).replace(/^.*?\): /, "") };
}
