import { AmtError } from "../../core/errors/mod.ts";
import { namespaces } from "./namespaces.ts";
import { ANONYMOUS, type SelectorSet, writeSelectors } from "./references.ts";
import { xmlChild, type XmlElement, xmlElement, xmlText } from "./xml/element.ts";
import { parseXml } from "./xml/parse.ts";
import { writeXml } from "./xml/write.ts";

/** Where a request goes, and what it asks for. */
export interface RequestHeader {
  readonly action: string;
  readonly resourceUri: string;
  /** Which instance is meant. */
  readonly selectors?: SelectorSet | undefined;
  /** Whether AMT is told how long the answer is waited for; peers do not tell it where events are concerned. */
  readonly timeout: boolean;
  /** What else the header holds, behind the rest. */
  readonly more?: readonly XmlElement[];
}

/** An envelope that was received. */
export interface Envelope {
  /** MessageID of the request that this is the answer to. */
  readonly relatesTo: string | undefined;
  readonly body: XmlElement;
}

/** How long AMT may take for an answer; below half a minute it would take half a minute. */
const TIMEOUT = "PT60S";
/** As peers call them. */
const prefixes = { "": namespaces.soap, a: namespaces.addressing, w: namespaces.wsman };

/**
 * An envelope in UTF-8, with the header's parts in the order in which peers send them. Without a header it is for
 * Identify. Throws `usage` for text that XML cannot hold.
 */
export function writeEnvelope(
  header: RequestHeader | undefined,
  messageId: number,
  body: XmlElement | undefined,
): Uint8Array {
  const envelope = xmlElement(namespaces.soap, "Envelope", [
    xmlElement(namespaces.soap, "Header", header === undefined ? [] : headerElements(header, messageId)),
    xmlElement(namespaces.soap, "Body", body === undefined ? [] : [body]),
  ]);
  return new TextEncoder().encode(writeXml(envelope, prefixes));
}

/** Reads an envelope; rejects with `firmware.protocol` for any other document. */
export async function readEnvelope(bytes: Uint8Array): Promise<Envelope> {
  const root = await parseXml(bytes);
  const body = root.name === "Envelope" ? xmlChild(root, "Body", namespaces.soap) : undefined;
  if (body === undefined || root.namespace !== namespaces.soap) {
    const what = root.name === "Envelope"
      ? "an envelope without a body, or not of SOAP 1.2"
      : `a document ${root.name.slice(0, 80)}`;
    throw new AmtError("firmware.protocol", `the answer is ${what}`);
  }
  const header = xmlChild(root, "Header", namespaces.soap);
  return { relatesTo: header && xmlText(header, "RelatesTo", namespaces.addressing), body };
}

function headerElements(header: RequestHeader, messageId: number): XmlElement[] {
  const { action, resourceUri, selectors = {}, timeout, more = [] } = header;
  return [
    xmlElement(namespaces.addressing, "Action", action),
    xmlElement(namespaces.addressing, "To", "/wsman"),
    xmlElement(namespaces.wsman, "ResourceURI", resourceUri),
    xmlElement(namespaces.addressing, "MessageID", String(messageId)),
    xmlElement(namespaces.addressing, "ReplyTo", [xmlElement(namespaces.addressing, "Address", ANONYMOUS)]),
    ...(timeout ? [xmlElement(namespaces.wsman, "OperationTimeout", TIMEOUT)] : []),
    ...(Object.keys(selectors).length === 0 ? [] : [writeSelectors(selectors)]),
    ...more,
  ];
}
