import { AmtError } from "../../../core/errors/mod.ts";
import type { XmlElement } from "./element.ts";

/** Prefixes and the namespaces that they stand for in the whole document; the empty prefix makes one the default. */
export type XmlPrefixes = Readonly<Record<string, string>>;

const XML = "http://www.w3.org/XML/1998/namespace";
/** What peers call the namespace of a body. */
const PREFIX = "h";

/** Any character that XML 1.0 has no way to hold: control characters, halves of surrogate pairs, U+FFFE and U+FFFF. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The ASCII part of what XML allows as a local name; AMT has no other. */
const localName = /^(?!xmlns$)[A-Za-z_][\w.-]*$/;

/**
 * A document in UTF-8 of this element. A namespace without a prefix in `prefixes` is declared where it is needed.
 * Throws `usage` for a name or a character that XML cannot hold.
 */
export function writeXml(root: XmlElement, prefixes: XmlPrefixes = {}): string {
  const scope: Scope = { unprefixed: "", prefixes: new Map([[XML, "xml"]]) };
  const usable = Object.entries(prefixes).filter(([prefix]) => prefix !== "" || root.namespace !== "");
  const declarations = usable.map(([prefix, namespace]) => declare(scope, prefix, namespace));
  return `<?xml version="1.0" encoding="utf-8"?>${written(root, scope, declarations)}`;
}

/** Character data that stands for `text` in an element; a bare carriage return would be read as a line feed. */
export function escapeText(text: string): string {
  return escaped(text, /[&<>\r]/g);
}

/** Character data that stands for `value` in quotation marks; bare white space would be read as blanks. */
export function escapeAttribute(value: string): string {
  return escaped(value, /[&<>"\t\n\r]/g);
}

/** What is declared at a place in the document. */
interface Scope {
  /** The namespace of names without a prefix. */
  unprefixed: string;
  /** Prefixes by namespace. */
  prefixes: ReadonlyMap<string, string>;
}

function written(element: XmlElement, outer: Scope, declarations: string[] = []): string {
  const scope = { ...outer };
  const tag = elementName(element, scope, declarations);
  const attributes = element.attributes.map(({ name, namespace, value }) => {
    const full = namespace === "" ? checked(name) : prefixed(name, namespace, scope, declarations);
    return ` ${full}="${escapeAttribute(value)}"`;
  });
  const start = `<${tag}${declarations.join("")}${attributes.join("")}`;
  const content = escapeText(element.text) + element.children.map((child) => written(child, scope)).join("");
  return content === "" ? `${start}/>` : `${start}>${content}</${tag}>`;
}

function elementName({ name, namespace }: XmlElement, scope: Scope, declarations: string[]): string {
  if (namespace === "" && scope.unprefixed !== "") declarations.push(declare(scope, "", ""));
  return namespace === scope.unprefixed ? checked(name) : prefixed(name, namespace, scope, declarations);
}

function prefixed(name: string, namespace: string, scope: Scope, declarations: string[]): string {
  if (!scope.prefixes.has(namespace)) declarations.push(declare(scope, freePrefix(scope), namespace));
  return `${scope.prefixes.get(namespace)}:${checked(name)}`;
}

/** Adds to the scope; returns the declaration as it is written. */
function declare(scope: Scope, prefix: string, namespace: string): string {
  if (prefix === "") scope.unprefixed = namespace;
  else scope.prefixes = new Map(scope.prefixes).set(namespace, prefix);
  return ` ${prefix === "" ? "xmlns" : `xmlns:${prefix}`}="${escapeAttribute(namespace)}"`;
}

function freePrefix({ prefixes }: Scope): string {
  const used = new Set(prefixes.values());
  let prefix = PREFIX;
  for (let number = 2; used.has(prefix); number++) prefix = `${PREFIX}${number}`;
  return prefix;
}

function checked(name: string): string {
  if (!localName.test(name)) throw new AmtError("usage", `Name ${JSON.stringify(name)}: XML cannot hold it`);
  return name;
}

function escaped(text: string, special: RegExp): string {
  const wrong = unwritable.exec(text);
  if (wrong !== null) {
    const code = wrong[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    throw new AmtError("usage", `Text with the character U+${code}: XML cannot hold it`);
  }
  return text.replace(special, (character) => entities[character] ?? `&#${character.charCodeAt(0)};`);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
