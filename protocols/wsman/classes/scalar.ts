import { AmtError } from "../../../core/errors/mod.ts";
import { namespaces } from "../namespaces.ts";
import { type XmlElement, xmlElement } from "../xml/element.ts";
import type { FieldType, IntegerKind } from "./declare.ts";

/** A value that is neither a reference nor an embedded instance. */
export type Scalar = string | number | boolean;

/** How CIM wraps a point in time or a span; some firmware sends it bare. */
const wrappers: readonly string[] = ["Datetime", "Interval", "Date", "Time", "CIM_DateTime"];

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Points in time as ISO 8601 has them, and as CIM does, where an asterisk stands for what is not known. */
const datetime = /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?|[\d*]{14}\.[\d*]{6}[+-]\d{3})$/;
const interval =
  /^(?:-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?|[\d*]{14}\.[\d*]{6}:000)$/;

/**
 * The value in an element of a declared type; `undefined` for an empty element where a number, or true or false,
 * belongs. Throws `firmware.protocol` for anything else that is not of the type.
 */
export function readScalar(type: FieldType, element: XmlElement, subject: string): Scalar | undefined {
  if (type.kind === "datetime" || type.kind === "interval") return readTime(type, element, subject);
  if (element.children.length > 0) throw nonsense(type, element, subject);
  if (type.kind === "text") return element.text;
  const text = element.text.trim();
  if (type.kind === "octets") return text;
  if (text === "") return undefined;
  const value = type.kind === "bool" ? truth(text) : integer(type.kind as IntegerKind, text);
  if (value === undefined) throw nonsense(type, element, subject);
  return value;
}

/**
 * What the element of a value holds. Numbers, and true and false, may be given as text. Throws `usage` for what does
 * not fit the type.
 */
export function writeScalar(type: FieldType, value: Scalar, subject: string): string | readonly XmlElement[] {
  const text = fitting(type, String(value));
  if (text === undefined) throw misfit(type, value, subject);
  if (type.kind === "datetime") return [xmlElement(namespaces.cim, "Datetime", text)];
  if (type.kind === "interval") return [xmlElement(namespaces.cim, "Interval", text)];
  return text;
}

/** Says what the firmware sent where something of another type belongs; a secret is not shown. */
export function nonsense(type: FieldType, { children, text }: XmlElement, subject: string): AmtError {
  const value = children.length > 0 ? `<${children[0]!.name}>` : text;
  return new AmtError("firmware.protocol", `${subject}: ${shown(type, value)} is not ${described(type)}`);
}

/** Says what a user gave that a type has no room for; a secret is not shown. */
export function misfit(type: FieldType, value: unknown, subject: string): AmtError {
  return new AmtError("usage", `${subject}: ${shown(type, value)} is not ${described(type)}`);
}

function readTime(type: FieldType, element: XmlElement, subject: string): string {
  const [only, ...more] = element.children;
  if (only === undefined) return element.text.trim();
  if (more.length > 0 || !wrappers.includes(only.name) || only.children.length > 0) {
    throw nonsense(type, element, subject);
  }
  return only.text.trim();
}

function fitting(type: FieldType, given: string): string | undefined {
  switch (type.kind) {
    case "text":
      return given;
    case "octets":
      return base64.test(given) ? given : undefined;
    case "datetime":
      return datetime.test(given) ? given : undefined;
    case "interval":
      return interval.test(given) ? given : undefined;
    case "bool":
      return truth(given)?.toString();
    default:
      return integer(type.kind as IntegerKind, given)?.toString();
  }
}

function truth(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "1") return true;
  return lower === "false" || lower === "0" ? false : undefined;
}

/** A number, or decimal text where a number would not be exact. */
function integer(kind: IntegerKind, text: string): number | string | undefined {
  if (!/^[+-]?\d{1,20}$/.test(text)) return undefined;
  const exact = BigInt(text.startsWith("+") ? text.slice(1) : text);
  const [least, greatest] = limits(kind);
  if (exact < least || exact > greatest) return undefined;
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : exact.toString();
}

function limits(kind: IntegerKind): readonly [least: bigint, greatest: bigint] {
  const bits = BigInt(kind.slice("uint".length));
  return kind.startsWith("u") ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

/** An instance may hold secrets. */
function shown({ kind, secret }: FieldType, value: unknown): string {
  if (secret || kind === "embedded") return "its value";
  if (typeof value === "string") return JSON.stringify(shortened(value));
  return shortened(typeof value === "object" ? JSON.stringify(value) : String(value));
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function described({ kind, embedded }: FieldType): string {
  switch (kind) {
    case "text":
      return "text";
    case "octets":
      return "base64";
    case "datetime":
      return "a time such as 2026-01-31T08:00:00Z";
    case "interval":
      return "a span such as P1DT8H30M";
    case "bool":
      return "true or false";
    case "reference":
      return "a reference to an instance";
    case "embedded":
      return `an instance of ${embedded!.name}`;
    default: {
      const [least, greatest] = limits(kind);
      return `a number from ${least} to ${greatest}`;
    }
  }
}
