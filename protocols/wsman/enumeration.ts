import { AmtError } from "../../core/errors/mod.ts";
import { classOf, namespaces } from "./namespaces.ts";
import { enumerateRequest, pullRequest, type WsmanRequest } from "./operations.ts";
import { unusable } from "./reply.ts";
import { xmlChild, type XmlElement, xmlText } from "./xml/element.ts";

/** The body of an answer, and how many bytes brought it. */
export interface Answer {
  readonly body: XmlElement;
  readonly bytes: number;
}

/** Sends a request and brings the answer that belongs to it. */
export type Ask = (request: WsmanRequest) => Promise<Answer>;

/** AMT's longest lists have some hundred instances, which come one at a time at worst. */
const MOST_PULLS = 1000;
/** Of all answers together. */
const MOST_BYTES = 16 << 20;

/**
 * Every instance of a class, or a reference to each. When an answer is lost in the middle, or another program's listing
 * got in between, it begins once more from the start. Rejects as `ask` does, with `net.connect` where answers were lost
 * again, and with `firmware.protocol` when the listing does not come to its end.
 */
export async function enumerateAll(ask: Ask, className: string, references: boolean): Promise<XmlElement[]> {
  try {
    return await list(ask, className, references);
  } catch (error) {
    if (!isInterrupted(error)) throw error;
  }
  try {
    return await list(ask, className, references);
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "indeterminate") throw error;
    throw new AmtError("net.connect", `Enumerate ${classOf(className)}: answers were lost, twice`, { cause: error });
  }
}

async function list(ask: Ask, className: string, references: boolean): Promise<XmlElement[]> {
  const begin = enumerateRequest(className, references);
  const opened = await ask(begin);
  let context = contextIn(xmlChild(opened.body, "EnumerateResponse", namespaces.enumeration));
  if (context === undefined) throw unusable(begin, "an answer without an EnumerationContext");
  const instances: XmlElement[] = [];
  let bytes = opened.bytes;
  for (let pull = 0; pull < MOST_PULLS; pull++) {
    const request = pullRequest(className, context);
    const answer = await ask(request);
    const page = xmlChild(answer.body, "PullResponse", namespaces.enumeration);
    if (page === undefined) throw unusable(request, "an answer without a PullResponse");
    const items: readonly XmlElement[] = xmlChild(page, "Items", namespaces.enumeration)?.children ?? [];
    for (const item of items) instances.push(item);
    const next = contextIn(page);
    if (next === undefined || xmlChild(page, "EndOfSequence", namespaces.enumeration) !== undefined) return instances;
    if (items.length === 0 && next === context) throw unusable(request, "neither an instance nor an end");
    bytes += answer.bytes;
    if (bytes > MOST_BYTES) throw unusable(request, `more than ${MOST_BYTES} bytes without an end`);
    context = next;
  }
  throw unusable(begin, `no end after ${MOST_PULLS} answers`);
}

function contextIn(response: XmlElement | undefined): string | undefined {
  return (response && xmlText(response, "EnumerationContext", namespaces.enumeration)) || undefined;
}

function isInterrupted(error: unknown): boolean {
  return error instanceof AmtError &&
    (error.code === "indeterminate" || error.details["subcode"] === "InvalidEnumerationContext");
}
