import type { RequestHeader } from "./envelope.ts";
import { classOf, namespaces, resourceUri } from "./namespaces.ts";
import type { SelectorSet } from "./references.ts";
import { toElements, type WsmanInput } from "./values.ts";
import { type XmlElement, xmlElement } from "./xml/element.ts";

/** One request: what it asks for, and what is to be said of it when it goes wrong. */
export interface WsmanRequest {
  /** For messages, such as `Get AMT_GeneralSettings`. */
  readonly subject: string;
  /** The class that it is about; none in Identify. */
  readonly className: string | undefined;
  /** Whether something is another way afterwards. */
  readonly changes: boolean;
  /** Whether it must not be sent twice, as a change, and what the other end counts. */
  readonly once: boolean;
  /** None in Identify. */
  readonly header: RequestHeader | undefined;
  readonly body: XmlElement | undefined;
}

/** What peers ask for at a time; AMT sends what it likes, often a single instance. */
const MAX_ELEMENTS = 999;
const MAX_CHARACTERS = 99999;

/** Methods that only tell something, by the beginning of their names. */
const telling = /^(?:Get|Read|Enumerate|PositionTo)(?=[A-Z])/;

/** Whether a method changes something, by its name. */
export function changesSomething(method: string): boolean {
  return !telling.test(method);
}

/** Reads one instance. */
export function getRequest(className: string, selectors?: SelectorSet): WsmanRequest {
  return request("Get", className, { action: `${namespaces.transfer}/Get`, selectors });
}

/** Replaces one instance as a whole. */
export function putRequest(className: string, instance: WsmanInput, selectors?: SelectorSet): WsmanRequest {
  const body = instanceElement(className, instance);
  return request("Put", className, { action: `${namespaces.transfer}/Put`, selectors, body, changes: true });
}

/** Makes an instance. */
export function createRequest(className: string, instance: WsmanInput, selectors?: SelectorSet): WsmanRequest {
  const body = instanceElement(className, instance);
  return request("Create", className, { action: `${namespaces.transfer}/Create`, selectors, body, changes: true });
}

/** Takes an instance away. */
export function deleteRequest(className: string, selectors?: SelectorSet): WsmanRequest {
  return request("Delete", className, { action: `${namespaces.transfer}/Delete`, selectors, changes: true });
}

/** Begins to list the instances of a class, or references to them. */
export function enumerateRequest(className: string, references: boolean): WsmanRequest {
  const mode = xmlElement(namespaces.wsman, "EnumerationMode", "EnumerateEPR");
  const body = xmlElement(namespaces.enumeration, "Enumerate", references ? [mode] : []);
  return request("Enumerate", className, { action: `${namespaces.enumeration}/Enumerate`, body });
}

/** The next instances. What one answer held is not told again, so it must not be sent twice. */
export function pullRequest(className: string, context: string): WsmanRequest {
  const body = xmlElement(namespaces.enumeration, "Pull", [
    xmlElement(namespaces.enumeration, "EnumerationContext", context),
    xmlElement(namespaces.enumeration, "MaxElements", String(MAX_ELEMENTS)),
    xmlElement(namespaces.enumeration, "MaxCharacters", String(MAX_CHARACTERS)),
  ]);
  return { ...request("Pull", className, { action: `${namespaces.enumeration}/Pull`, body }), once: true };
}

/** Calls a method; by its name it is one that changes something, or one that only tells something. */
export function invokeRequest(
  className: string,
  method: string,
  input: WsmanInput,
  options: { readonly selectors?: SelectorSet | undefined; readonly changes?: boolean | undefined } = {},
): WsmanRequest {
  const uri = resourceUri(className);
  const { selectors, changes = changesSomething(method) } = options;
  const body = xmlElement(uri, `${method}_INPUT`, contentOf(uri, input));
  return {
    ...request("", className, { action: `${uri}/${method}`, selectors, body, changes }),
    subject: `${classOf(uri)}.${method}`,
  };
}

/** Asks what answers (DSP0226, section 11); such a request has no header. */
export function identifyRequest(): WsmanRequest {
  const body = xmlElement(namespaces.identity, "Identify");
  return { subject: "Identify", className: undefined, changes: false, once: false, header: undefined, body };
}

interface RequestParts {
  readonly action: string;
  readonly selectors?: SelectorSet | undefined;
  readonly body?: XmlElement;
  readonly changes?: boolean;
}

function request(verb: string, className: string, parts: RequestParts): WsmanRequest {
  const { action, selectors, body, changes = false } = parts;
  const uri = resourceUri(className);
  return {
    subject: `${verb} ${classOf(uri)}`,
    className: classOf(uri),
    changes,
    once: changes,
    header: { action, resourceUri: uri, selectors, timeout: true },
    body,
  };
}

function instanceElement(className: string, instance: WsmanInput): XmlElement {
  const uri = resourceUri(className);
  return xmlElement(uri, classOf(uri), contentOf(uri, instance));
}

function contentOf(namespace: string, input: WsmanInput): readonly XmlElement[] {
  return isElements(input) ? input : toElements(namespace, input);
}

function isElements(input: WsmanInput): input is readonly XmlElement[] {
  return Array.isArray(input);
}
