import { namespaces, resourceUri } from "../../protocols/wsman/namespaces.ts";
import type { WsmanFault } from "./fault.ts";
import { type Fields, isReference, type Reference, type Value } from "./value.ts";

const CIM_BINDING = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
const ANONYMOUS = `${namespaces.addressing}/role/anonymous`;

/** Prefixes of an answer, in the order and by the letters of recorded ones; `g` and on are those of its body. */
const ANSWER_PREFIXES = [
  ["a", namespaces.soap],
  ["b", namespaces.addressing],
  ["c", namespaces.wsman],
  ["d", namespaces.trust],
  ["e", namespaces.security],
  ["f", CIM_BINDING],
] as const;

/** Those of a fault, which has the same letters for other vocabularies. */
const FAULT_PREFIXES = [
  ["g", CIM_BINDING],
  ["f", namespaces.eventing],
  ["e", namespaces.wsman],
  ["d", namespaces.transfer],
  ["c", namespaces.enumeration],
  ["b", namespaces.addressing],
  ["a", namespaces.soap],
  ["h", namespaces.trust],
  ["i", namespaces.security],
] as const;

const INSTANCE = ["xsi", namespaces.instance] as const;

/** What an answer is an answer to, and its number of all that were sent. */
export interface AnswerTo {
  readonly messageId: string;
  readonly count: number;
}

/** The body of an answer and what is declared for it, `g` first. */
export interface AnswerBody {
  readonly action: string;
  /** `undefined` for none. */
  readonly resource: string | undefined;
  readonly vocabularies: readonly string[];
  readonly content: string;
}

export function answerEnvelope(to: AnswerTo, { action, resource, vocabularies, content }: AnswerBody): string {
  const own = vocabularies.map((uri, index) => [String.fromCharCode("g".charCodeAt(0) + index), uri] as const);
  const header = heading(to, action) + (resource === undefined ? "" : element("c:ResourceURI", escaped(resource)));
  return envelope([...ANSWER_PREFIXES, ...own, INSTANCE], header, content);
}

export function faultEnvelope(to: AnswerTo, fault: WsmanFault): string {
  const code = element("a:Value", fault.status === 500 ? "a:Receiver" : "a:Sender") +
    element("a:Subcode", element("a:Value", fault.subcode));
  const reason = `<a:Text xml:lang="en-US">${escaped(fault.message)}</a:Text>`;
  const content = element("a:Code", code) + element("a:Reason", reason) + element("a:Detail", "");
  const header = heading(to, `${namespaces.addressing}/fault`);
  return envelope([...FAULT_PREFIXES, INSTANCE], header, element("a:Fault", content));
}

/** An instance in the prefix of its class, its fields in the order of the alphabet, as recorded ones have them. */
export function instanceElement(prefix: string, className: string, fields: Fields): string {
  const names = Object.keys(fields).sort();
  return element(`${prefix}:${className}`, names.map((name) => fieldElements(prefix, name, fields[name])).join(""));
}

/** What a method returned. */
export function outputElement(prefix: string, method: string, outputs: Fields): string {
  const fields = Object.entries(outputs).map(([name, value]) => fieldElements(prefix, name, value));
  return element(`${prefix}:${method}_OUTPUT`, fields.join(""));
}

/** What an element holds that refers to an instance. */
export function referenceContent({ className, selectors }: Reference): string {
  const each = Object.entries(selectors).map(([name, value]) => {
    const content = isReference(value) ? element("b:EndpointReference", referenceContent(value)) : escaped(value);
    return `<c:Selector Name="${escaped(name)}">${content}</c:Selector>`;
  });
  const parameters = element("c:ResourceURI", resourceUri(className)) + element("c:SelectorSet", each.join(""));
  return element("b:Address", ANONYMOUS) + element("b:ReferenceParameters", parameters);
}

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function fieldElements(prefix: string, name: string, value: Value): string {
  if (value === undefined) return "";
  if (isList(value)) return value.map((each) => fieldElements(prefix, name, each)).join("");
  return element(`${prefix}:${name}`, contentOf(value));
}

function contentOf(value: Exclude<Value, undefined | readonly unknown[]>): string {
  if (isReference(value)) return referenceContent(value);
  if (typeof value !== "object") return escaped(String(value));
  const [[name, text]] = Object.entries(value) as [[string, string]];
  return `<${name} xmlns="${namespaces.cim}">${escaped(text)}</${name}>`;
}

function isList(value: Value): value is readonly (string | number)[] {
  return Array.isArray(value);
}

function heading({ messageId, count }: AnswerTo, action: string): string {
  const uuid = `uuid:00000000-8086-8086-8086-${count.toString(16).toUpperCase().padStart(12, "0")}`;
  return element("b:To", ANONYMOUS) + element("b:RelatesTo", escaped(messageId)) +
    `<b:Action a:mustUnderstand="true">${escaped(action)}</b:Action>` + element("b:MessageID", uuid);
}

function envelope(prefixes: readonly (readonly [string, string])[], header: string, body: string): string {
  const declared = prefixes.map(([prefix, uri]) => ` xmlns:${prefix}="${escaped(uri)}"`).join("");
  return `<?xml version="1.0" encoding="UTF-8"?><a:Envelope${declared}>` +
    `${element("a:Header", header)}${element("a:Body", body)}</a:Envelope>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
