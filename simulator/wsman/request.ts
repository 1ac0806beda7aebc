import { namespaces } from "../../protocols/wsman/namespaces.ts";
import { xmlChild, type XmlElement, xmlText } from "../../protocols/wsman/xml/element.ts";
import { WsmanFault } from "./fault.ts";
import { readSelectors } from "./incoming.ts";
import type { Selectors } from "./value.ts";

/** What an envelope asks for. */
export interface WsmanRequest {
  readonly action: string;
  readonly resourceUri: string;
  readonly selectors: Selectors;
  /** The one element of the body. */
  readonly body: XmlElement | undefined;
}

/** An answer has to fit in so much at least, or there is none (Intel's guide). */
const SMALLEST_ENVELOPE = 50_000;

/** The MessageID of an envelope, which its answer repeats; 0 when there is none. */
export function messageIdOf(envelope: XmlElement): string {
  const header = xmlChild(envelope, "Header", namespaces.soap);
  return (header && xmlText(header, "MessageID", namespaces.addressing)) ?? "0";
}

/** Whether it asks who is there; such an envelope needs no headers. */
export function isIdentify(envelope: XmlElement): boolean {
  return bodyOf(envelope)?.name === "Identify" && bodyOf(envelope)?.namespace === namespaces.identity;
}

/** Reads an envelope. Throws {@link WsmanFault}. */
export function readRequest(envelope: XmlElement): WsmanRequest {
  const header = xmlChild(envelope, "Header", namespaces.soap);
  if (envelope.name !== "Envelope" || envelope.namespace !== namespaces.soap || header === undefined) {
    throw new WsmanFault("SchemaValidationError");
  }
  const action = xmlText(header, "Action", namespaces.addressing);
  const resourceUri = xmlText(header, "ResourceURI", namespaces.wsman);
  const messageId = xmlText(header, "MessageID", namespaces.addressing);
  if (!action || !messageId) throw new WsmanFault("MessageInformationHeaderRequired");
  if (!resourceUri) throw new WsmanFault("DestinationUnreachable");
  checkOptions(header);
  return { action, resourceUri, selectors: readSelectors(header), body: bodyOf(envelope) };
}

function checkOptions(header: XmlElement): void {
  const timeout = xmlText(header, "OperationTimeout", namespaces.wsman);
  if (timeout !== undefined && !/^PT?(\d+(\.\d+)?[DHMST]+)+$/.test(timeout)) {
    throw new WsmanFault("InvalidMessageInformationHeader");
  }
  const size = xmlText(header, "MaxEnvelopeSize", namespaces.wsman);
  if (size !== undefined && !(Number(size) >= SMALLEST_ENVELOPE)) throw new WsmanFault("EncodingLimit");
  for (const name of ["OptionSet", "FragmentTransfer"]) {
    const option = xmlChild(header, name, namespaces.wsman);
    if (option?.attributes.some((each) => each.name === "mustUnderstand" && /^(true|1)$/.test(each.value))) {
      throw new WsmanFault("UnsupportedFeature");
    }
  }
}

function bodyOf(envelope: XmlElement): XmlElement | undefined {
  return xmlChild(envelope, "Body", namespaces.soap)?.children[0];
}
