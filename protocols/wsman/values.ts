import { AmtError } from "../../core/errors/mod.ts";
import { namespaces } from "./namespaces.ts";
import { type EndpointReference, isReference, readReference, writeReference } from "./references.ts";
import { type XmlElement, xmlElement } from "./xml/element.ts";

/** A value as JSON has it. */
export type WsmanValue = string | number | boolean | EndpointReference | WsmanInstance | readonly WsmanValue[];

/** The fields of an instance, or of what a method takes or returns. */
export interface WsmanInstance {
  readonly [field: string]: WsmanValue;
}

/** What a body holds: fields whose types do not matter, or elements that say their namespaces themselves. */
export type WsmanInput = WsmanInstance | readonly XmlElement[];

/** How CIM wraps points in time and spans. */
const wrappers: readonly string[] = ["Datetime", "Interval", "Date", "Time"];

/**
 * Reads without knowing the class: text stays text, what repeats becomes an array, what is nil is left out. References
 * are known by what they hold, points in time and spans lose their wrapping.
 */
export function toValue(element: XmlElement): WsmanValue {
  if (element.children.length === 0) return element.text;
  return readReference(element) ?? unwrapped(element) ?? toInstance(element);
}

/** Reads the fields of an element as {@link toValue} does; none for an empty one. */
export function toInstance(element: XmlElement): WsmanInstance {
  const fields = new Map<string, WsmanValue[]>();
  for (const child of element.children) {
    if (isNil(child)) continue;
    const values = fields.get(child.name);
    if (values === undefined) fields.set(child.name, [toValue(child)]);
    else values.push(toValue(child));
  }
  return Object.fromEntries(Array.from(fields, ([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

/**
 * Writes fields in one namespace, and those of embedded instances too: an array becomes elements that repeat, a
 * reference its Address and ReferenceParameters.
 */
export function toElements(namespace: string, instance: WsmanInstance): XmlElement[] {
  return Object.entries(instance).flatMap(([name, value]) => fieldElements(namespace, name, value));
}

/** The elements of one field. Throws `usage` for a number that is not exact, and for null. */
export function fieldElements(namespace: string, name: string, value: WsmanValue): XmlElement[] {
  if (value === null || !isExact(value)) {
    throw new AmtError(
      "usage",
      `${name}: ${value} ${value === null ? "is no value" : "is not exact; give it as text"}`,
    );
  }
  if (isArray(value)) return value.flatMap((item) => fieldElements(namespace, name, item));
  if (isReference(value)) return [xmlElement(namespace, name, writeReference(value))];
  if (typeof value === "object") return [xmlElement(namespace, name, toElements(namespace, value))];
  return [xmlElement(namespace, name, String(value))];
}

/** Whether an element says that it has no value (xsi:nil). */
export function isNil(element: XmlElement): boolean {
  return element.attributes.some(({ name, namespace, value }) =>
    name === "nil" && namespace === namespaces.instance && (value === "true" || value === "1")
  );
}

function unwrapped({ children }: XmlElement): string | undefined {
  const [only] = children;
  if (children.length !== 1 || only!.namespace !== namespaces.cim) return undefined;
  return wrappers.includes(only!.name) ? only!.text.trim() : undefined;
}

/** A whole number that JSON cannot hold was changed when it was read. */
function isExact(value: WsmanValue): boolean {
  return typeof value !== "number" || Number.isSafeInteger(value) ||
    (Number.isFinite(value) && !Number.isInteger(value));
}

function isArray(value: WsmanValue): value is readonly WsmanValue[] {
  return Array.isArray(value);
}
