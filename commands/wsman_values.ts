import { AmtError } from "../core/errors/mod.ts";
import type { Fields, FieldType } from "../protocols/wsman/classes/declare.ts";
import {
  type EndpointReference,
  isReference,
  reference,
  type SelectorSet,
  type WsmanInstance,
  type WsmanValue,
} from "../protocols/wsman/mod.ts";
import { fieldOf, HIDDEN, isSecret } from "../services/wsman/secrets.ts";
import { didYouMean } from "./nearest.ts";
import { type ChosenClass, spelled } from "./wsman_class.ts";

/** `NAME=VALUE` on the command line. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
}

/** What was given for some fields, and what to warn of. */
export interface GivenFields {
  readonly instance: WsmanInstance;
  readonly warnings: readonly string[];
}

const referenceText = /^((?:AMT|CIM|IPS)_\w+)\?(.*)$/is;

/** Throws `usage`. */
export function parseAssignment(text: string): Assignment {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { name, value };
  throw new AmtError("usage", "a word without = is no name with a value", { hint: "Write NAME=VALUE" });
}

/** The selectors of an instance. Throws `usage` for one that is given twice. */
export function selectorsOf({ declaration }: ChosenClass, given: readonly Assignment[]): SelectorSet {
  const selectors = new Map<string, string | EndpointReference>();
  for (const { name: text, value } of given) {
    const name = spelled(declaration?.keys ?? [], text) ?? text;
    if (selectors.has(name)) throw new AmtError("usage", `--selector: ${name} is given twice`);
    const isNamed = referenceText.test(value) && fieldOf(declaration?.fields ?? {}, name)?.kind !== "text";
    selectors.set(name, isNamed ? parseReference(value) : value);
  }
  return Object.fromEntries(selectors);
}

/**
 * Fields of a class, or parameters of a method, as they stand on the command line: by their declared types, a list as
 * JSON or by repetition, an embedded instance as JSON, a reference as `CLASS?KEY=VALUE&KEY=VALUE`. Throws `usage`.
 */
export function assignedFields(fields: Fields, given: readonly Assignment[]): WsmanInstance {
  const values = new Map<string, WsmanValue[]>();
  const lists = new Set<string>();
  for (const { name: text, value } of given) {
    const name = spelled(Object.keys(fields), text) ?? text;
    const type = fieldOf(fields, name);
    const read = valueOf(type, name, value);
    const before = values.get(name);
    if (before !== undefined && type !== undefined && !type.list) {
      throw new AmtError("usage", `${name} is given twice, and takes one value`);
    }
    if (Array.isArray(read) || before !== undefined) lists.add(name);
    values.set(name, [...before ?? [], ...(Array.isArray(read) ? read : [read])]);
  }
  return Object.fromEntries(Array.from(values, ([name, each]) => [name, lists.has(name) ? each : each[0]!]));
}

/** The fields of a JSON object, with names as they are declared, and references out of text. Throws `usage`. */
export function jsonFields(fields: Fields, given: WsmanInstance): WsmanInstance {
  return Object.fromEntries(
    Object.entries(given).map(([text, value]) => {
      const name = spelled(Object.keys(fields), text) ?? text;
      const type = fieldOf(fields, name);
      return [name, type === undefined ? value : jsonValue(type, value)];
    }),
  );
}

/** Names that are not declared, each with the nearest ones; none are missed where nothing is declared. */
export function unknownNames(subject: string, fields: Fields | undefined, names: readonly string[]): string[] {
  if (fields === undefined) return [];
  const known = Object.keys(fields);
  return names.filter((name) => !known.includes(name)).map((name) =>
    `${subject} has no ${name} that is known here${didYouMean(name, known)}`
  );
}

/** What to warn of where secrets stood on the command line, as these fields did. */
export function openSecrets(fields: Fields, assigned: WsmanInstance): string[] {
  return secretNames(fields, assigned, () => true)
    .map((name) => `${name} stands on the command line, where others on this machine may read it; use --body`);
}

/** The names of fields in which what stands for a hidden secret was given in its place; with a dot, of those inside. */
export function hiddenNames(fields: Fields, instance: WsmanInstance): string[] {
  return secretNames(fields, instance, (value) => [value].flat().includes(HIDDEN));
}

/** Throws `usage` where what stands for a hidden secret would be sent in its place. */
export function expectNoneHidden(fields: Fields, instance: WsmanInstance): void {
  const [name] = hiddenNames(fields, instance);
  if (name !== undefined) throw new AmtError("usage", `${name}: ${HIDDEN} is what stands for a secret, and is none`);
}

function secretNames(
  fields: Fields,
  instance: WsmanInstance,
  counts: (value: WsmanValue) => boolean,
): string[] {
  return Object.entries(instance).flatMap(([name, value]) => {
    const type = fieldOf(fields, name);
    if (isSecret(type, name)) return counts(value) ? [name] : [];
    return [value].flat().flatMap((each) =>
      isNested(each) ? secretNames(type?.embedded?.fields ?? {}, each, counts).map((inner) => `${name}.${inner}`) : []
    );
  });
}

function isNested(value: WsmanValue): value is WsmanInstance {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isReference(value);
}

function valueOf(type: FieldType | undefined, name: string, text: string): WsmanValue {
  if (/^\s*\[/.test(text) && (type === undefined || type.list)) return jsonOf(text) ?? text;
  if (type?.kind === "embedded" || type?.kind === "reference" || type === undefined) {
    const json = /^\s*\{/.test(text) ? jsonOf(text) : undefined;
    if (json !== undefined) return type === undefined ? json : jsonValue(type, json);
    if (type?.kind === "embedded") {
      throw new AmtError("usage", `${name}: its value is no JSON object`, {
        hint: `Write ${name}={"Field":"value"}`,
      });
    }
    if (type?.kind === "reference" || referenceText.test(text)) return parseReference(text);
  }
  return text;
}

function jsonValue(type: FieldType, value: WsmanValue): WsmanValue {
  if (Array.isArray(value)) return value.map((each) => jsonValue(type, each));
  if (type.kind === "reference" && typeof value === "string") return parseReference(value);
  return type.kind === "embedded" && isNested(value) ? jsonFields(type.embedded!.fields, value) : value;
}

function jsonOf(text: string): WsmanValue | undefined {
  try {
    return parseJson(text) as WsmanValue;
  } catch (error) {
    if (error instanceof AmtError) throw error;
    return undefined;
  }
}

/** JSON, without numbers that would not be exact: those are `usage`. Throws `SyntaxError` for what is none. */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (name, value) => {
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new AmtError("usage", `${name}: the number ${value} is not exact`, { hint: "Give it as text, in quotes" });
    }
    return value;
  });
}

function parseReference(text: string): EndpointReference {
  const [, className, keys] = referenceText.exec(text) ?? [];
  const selectors = (keys ?? "").split("&").map((each) => /^(\w+)=(.*)$/s.exec(each));
  if (className === undefined || selectors.some((each) => each === null)) {
    throw new AmtError("usage", `${JSON.stringify(text)} refers to no instance`, {
      hint: "Write CLASS?KEY=VALUE&KEY=VALUE, with %26 for & and %25 for %",
    });
  }
  const pairs = selectors.map((each) => [each![1]!, unescaped(each![2]!)] as const);
  return reference(className.slice(0, 4).toUpperCase() + className.slice(4), Object.fromEntries(pairs));
}

function unescaped(text: string): string {
  return text.replace(/%26/g, "&").replace(/%25/g, "%");
}
