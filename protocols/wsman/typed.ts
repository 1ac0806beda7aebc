import type { Fields, FieldType, WsmanClassDeclaration } from "./classes/declare.ts";
import { uint32 } from "./classes/declare.ts";
import { misfit, nonsense, readScalar, writeScalar } from "./classes/scalar.ts";
import { resourceUri } from "./namespaces.ts";
import { isReference, readReference, writeReference } from "./references.ts";
import { fieldElements, isNil, toValue, type WsmanInput, type WsmanInstance, type WsmanValue } from "./values.ts";
import { type XmlElement, xmlElement } from "./xml/element.ts";

/** What was read, and how much of it was known beforehand. */
export interface TypedInstance {
  /** Numbers, truth values and lists as declared; the rest as {@link toValue} reads it. */
  readonly instance: WsmanInstance;
  /**
   * Fields that are not declared, or that repeat without being declared as a list; with a dot, those of an embedded
   * instance.
   */
  readonly unknown: readonly string[];
}

/**
 * Reads an instance by the declaration of its class, in the order of its fields. What is nil is left out, and so is an
 * empty number or truth value. Throws `firmware.protocol` for a value that is not of its type.
 */
export function readInstance(declaration: WsmanClassDeclaration | undefined, element: XmlElement): TypedInstance {
  return readFields(declaration?.fields ?? {}, element, declaration?.name ?? element.name);
}

/** Reads what a method returned, as {@link readInstance} does. */
export function readOutput(
  declaration: WsmanClassDeclaration | undefined,
  method: string,
  element: XmlElement,
): TypedInstance {
  const fields = own(declaration?.methods, method)?.output ?? { ReturnValue: uint32 };
  return readFields(fields, element, declaration === undefined ? method : `${declaration.name}.${method}`);
}

/**
 * Writes the fields of an instance for a body, in their order: those of an embedded instance in the namespace of its
 * own class. Throws `usage` for a value that does not fit. Without a declaration the instance stays as it is, to be
 * written without types.
 */
export function writeInstance(declaration: WsmanClassDeclaration | undefined, instance: WsmanInstance): WsmanInput {
  if (declaration === undefined) return instance;
  return writeFields(declaration.fields, instance, declaration.name, resourceUri(declaration.name));
}

/** Writes what a method takes, in the order of its declaration; else as {@link writeInstance} does. */
export function writeInput(
  declaration: WsmanClassDeclaration | undefined,
  method: string,
  input: WsmanInstance,
): WsmanInput {
  if (declaration === undefined) return input;
  const fields = own(declaration.methods, method)?.input ?? {};
  const order = Object.keys(fields);
  const rank = (name: string) => order.includes(name) ? order.indexOf(name) : order.length;
  const sorted = Object.entries(input).sort(([a], [b]) => rank(a) - rank(b));
  const subject = `${declaration.name}.${method}`;
  return writeFields(fields, Object.fromEntries(sorted), subject, resourceUri(declaration.name));
}

/** What of an instance belongs into a Put: without what the firmware refuses there, and without empty passwords. */
export function forPut({ dropOnPut, dropWhenEmpty }: WsmanClassDeclaration, instance: WsmanInstance): WsmanInstance {
  return Object.fromEntries(
    Object.entries(instance).filter(([name, value]) =>
      !dropOnPut.includes(name) && !(dropWhenEmpty.includes(name) && isEmpty(value))
    ),
  );
}

function readFields(fields: Fields, element: XmlElement, subject: string): TypedInstance {
  const found = new Map<string, XmlElement[]>();
  for (const child of element.children) {
    if (isNil(child)) continue;
    const elements = found.get(child.name);
    if (elements === undefined) found.set(child.name, [child]);
    else elements.push(child);
  }
  const unknown: string[] = [];
  const read = Array.from(found, ([name, elements]): [string, WsmanValue | undefined] => {
    const type = own(fields, name);
    if (type === undefined || (elements.length > 1 && !type.list)) unknown.push(name);
    const values = elements.map((each) => type === undefined ? toValue(each) : readValue(type, each, subject, unknown))
      .filter((value) => value !== undefined);
    return [name, (type?.list || elements.length > 1) && values.length > 0 ? values : values[0]];
  });
  return { instance: Object.fromEntries(read.filter(isPresent)), unknown };
}

/** The value in one element of a field of `subject`; adds to `unknown` what an embedded instance has of it. */
function readValue(type: FieldType, element: XmlElement, subject: string, unknown: string[]): WsmanValue | undefined {
  const field = `${subject}.${element.name}`;
  if (type.kind === "embedded") {
    const inner = readFields(type.embedded!.fields, element, field);
    unknown.push(...inner.unknown.map((name) => `${element.name}.${name}`));
    return inner.instance;
  }
  if (type.kind !== "reference") return readScalar(type, element, field);
  const reference = readReference(element);
  if (reference === undefined) throw nonsense(type, element, field);
  return reference;
}

function writeFields(fields: Fields, instance: WsmanInstance, subject: string, namespace: string): XmlElement[] {
  return Object.entries(instance).flatMap(([name, value]) => {
    const type = own(fields, name);
    if (type === undefined) return fieldElements(namespace, name, value);
    const field = `${subject}.${name}`;
    const values = type.list && isArray(value) ? value : [value];
    return values.map((each) => xmlElement(namespace, name, writeValue(type, each, field)));
  });
}

function writeValue(type: FieldType, value: WsmanValue, subject: string): string | readonly XmlElement[] {
  if (type.kind === "reference" && isReference(value)) return writeReference(value);
  const isObject = typeof value === "object";
  if (type.kind === "embedded" && isObject && value !== null && !isArray(value) && !isReference(value)) {
    return writeFields(type.embedded!.fields, value, subject, resourceUri(type.embedded!.name));
  }
  if (type.kind === "reference" || type.kind === "embedded" || isObject || value === undefined) {
    throw misfit(type, value, subject);
  }
  return writeScalar(type, value, subject);
}

function isEmpty(value: WsmanValue): boolean {
  return value === "" || value === 0 || (isArray(value) && value.length === 0);
}

/** Names come from the firmware and from users; what every object inherits is not a field. */
function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function isPresent(entry: [string, WsmanValue | undefined]): entry is [string, WsmanValue] {
  return entry[1] !== undefined;
}

function isArray(value: WsmanValue): value is readonly WsmanValue[] {
  return Array.isArray(value);
}
