import { AmtError } from "../../core/errors/mod.ts";
import { namespaces } from "./namespaces.ts";
import { xmlChild, type XmlElement, xmlText } from "./xml/element.ts";

/** Why AMT did not do what was asked. */
export interface WsmanFault {
  /** Who is to blame: `Sender` or `Receiver`. */
  readonly code: string;
  /** The useful one, such as `DestinationUnreachable`; without its prefix, empty when there is none. */
  readonly subcode: string;
  /** AMT's own words. */
  readonly reason: string;
}

const LONGEST_REASON = 300;

/** What to do next, by subcode. */
const hints: Readonly<Record<string, string>> = {
  DestinationUnreachable: "This release of AMT does not have the class, or has no instance with these selectors",
  InvalidSelectors: "Give the keys of one instance; listing the class shows them",
  InvalidResourceURI: "This release of AMT does not have the class",
  ActionNotSupported: "The class does not have this method, or not in this release of AMT",
  InvalidRepresentation: "Read the instance, change what is to change, and send all of its fields back",
  SchemaValidationError: "Send the fields that the class has, with values of their types",
  AlreadyExists: "Take the instance that is there away first, or change it",
  InternalError: "Try again; if it stays, a value may be one that this release does not take",
  TimedOut: "Read the state, then try again",
  QuotaLimit: "There is no room for more; take away what is not needed, or try again later",
  Concurrency: "Somebody else is changing it; try again",
  UnsupportedFeature: "This release of AMT does not have this",
  InvalidEnumerationContext: "Another program was listing at the same time; try again",
};

/** The fault that a body holds; `undefined` when it holds something else. */
export function readFault(body: XmlElement): WsmanFault | undefined {
  const fault = xmlChild(body, "Fault", namespaces.soap);
  if (fault === undefined) return undefined;
  const code = xmlChild(fault, "Code");
  const subcode = code && xmlChild(code, "Subcode");
  const reason = xmlChild(fault, "Reason");
  return {
    code: localName((code && xmlText(code, "Value")) ?? ""),
    subcode: localName((subcode && xmlText(subcode, "Value")) ?? ""),
    reason: ((reason && xmlText(reason, "Text")) ?? "").replace(/\s+/g, " ").slice(0, LONGEST_REASON),
  };
}

/** A fault as an error: `auth.denied` for AccessDenied, `wsman.fault` for every other one. */
export function faultError(fault: WsmanFault, subject: string, details: Readonly<Record<string, unknown>>): AmtError {
  const { code, subcode, reason } = fault;
  const name = subcode || code || "a fault without a code";
  const text = reason.replace(/\.$/, "");
  const hint = Object.hasOwn(hints, subcode) ? hints[subcode] : undefined;
  return new AmtError(
    subcode === "AccessDenied" ? "auth.denied" : "wsman.fault",
    `${subject}: ${text === "" ? name : `${name}: ${text}`}`,
    { details: { ...details, code, subcode, reason }, ...(hint === undefined ? {} : { hint }) },
  );
}

/** A qualified name without its prefix, which differs between releases. */
function localName(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1).slice(0, LONGEST_REASON);
}
