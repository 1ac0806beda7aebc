import { namespaces } from "../../protocols/wsman/namespaces.ts";
import { xmlChild, xmlChildren, type XmlElement, xmlText } from "../../protocols/wsman/xml/element.ts";
import { WsmanFault } from "./fault.ts";
import type { Reference, Selectors } from "./value.ts";

/**
 * Fields that were sent: those of an instance, or what a method is called with. What is not there or does not read as
 * its type is answered by SchemaValidationError, unless there is a value to take instead of a missing one.
 */
export class Incoming {
  readonly #element: XmlElement;

  constructor(element: XmlElement) {
    this.#element = element;
  }

  get names(): readonly string[] {
    return this.#element.children.map(({ name }) => name);
  }

  has(name: string): boolean {
    return xmlChild(this.#element, name) !== undefined;
  }

  text(name: string, otherwise?: string): string {
    return xmlChild(this.#element, name)?.text ?? needed(otherwise);
  }

  texts(name: string): string[] {
    return xmlChildren(this.#element, name).map(({ text }) => text.trim());
  }

  number(name: string, otherwise?: number): number {
    const text = xmlText(this.#element, name);
    return text === undefined ? needed(otherwise) : wholeNumber(text);
  }

  numbers(name: string): number[] {
    return this.texts(name).map(wholeNumber);
  }

  flag(name: string, otherwise?: boolean): boolean {
    const text = xmlText(this.#element, name);
    if (text === undefined) return needed(otherwise);
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    throw new WsmanFault("SchemaValidationError");
  }

  /** What a wrapping of CIM holds: the text of a Datetime or an Interval. */
  moment(name: string, otherwise?: string): string {
    const child = xmlChild(this.#element, name);
    if (child === undefined) return needed(otherwise);
    return (xmlText(child, "Datetime") ?? xmlText(child, "Interval") ?? child.text).trim();
  }

  reference(name: string): Reference {
    return readReference(needed(xmlChild(this.#element, name)));
  }

  references(name: string): Reference[] {
    // An empty element stands for an empty list.
    return xmlChildren(this.#element, name).filter(({ children }) => children.length > 0).map(readReference);
  }

  /** Numbers and booleans, with those that were sent in the place of the others. */
  over<T extends number | boolean>(known: Readonly<Record<string, T>>): Record<string, T> {
    return Object.fromEntries(
      Object.entries(known).map(([name, value]) => [
        name,
        (typeof value === "number" ? this.number(name, value) : this.flag(name, value)) as T,
      ]),
    );
  }

  /** An embedded instance. */
  inner(name: string): Incoming {
    return new Incoming(needed(xmlChild(this.#element, name)));
  }
}

/** A SelectorSet, or what holds one; none where there is none. */
export function readSelectors(holder: XmlElement): Selectors {
  const set = xmlChild(holder, "SelectorSet", namespaces.wsman);
  const selectors = set === undefined ? [] : xmlChildren(set, "Selector", namespaces.wsman);
  return Object.fromEntries(selectors.map((selector) => {
    const name = selector.attributes.find((attribute) => attribute.name === "Name")?.value;
    if (name === undefined) throw new WsmanFault("InvalidSelectors");
    const inner = xmlChild(selector, "EndpointReference", namespaces.addressing);
    return [name, inner === undefined ? selector.text : readReference(inner)];
  }));
}

function readReference(element: XmlElement): Reference {
  const parameters = xmlChild(element, "ReferenceParameters", namespaces.addressing);
  const uri = parameters && xmlText(parameters, "ResourceURI", namespaces.wsman);
  if (uri === undefined) throw new WsmanFault("SchemaValidationError");
  return { className: uri.slice(uri.lastIndexOf("/") + 1), selectors: readSelectors(parameters!) };
}

function wholeNumber(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new WsmanFault("SchemaValidationError");
  return Number(text);
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new WsmanFault("SchemaValidationError");
  return value;
}
