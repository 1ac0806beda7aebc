import type { SaxesAttributeNS, SaxesParser } from "saxes";
import { AmtError } from "../../../core/errors/mod.ts";
import type { XmlAttribute, XmlElement } from "./element.ts";

/** What a document may cost at most. */
export interface XmlLimits {
  /** Bytes of the document. */
  readonly bytes: number;
  /** Elements in each other. */
  readonly depth: number;
  /** Elements in all. */
  readonly elements: number;
  /** Attributes of one element, with the declarations of namespaces. */
  readonly attributes: number;
}

/** AMT's own answers stay below 100 kB, 12 levels, some thousand elements and 9 attributes. */
export const xmlLimits: XmlLimits = { bytes: 4 << 20, depth: 64, elements: 100_000, attributes: 32 };

/** Decoded and parsed at a time, in bytes; a text keeps no more than its own piece in memory. */
const PIECE = 1 << 16;
const XMLNS = "http://www.w3.org/2000/xmlns/";
/** In characters; the parser's words hold names as long as the other end likes. */
const LONGEST_REASON = 200;
const WHITE_SPACE: readonly number[] = [0x20, 0x09, 0x0d, 0x0a];
const none: readonly never[] = Object.freeze([]);

/**
 * Reads a whole document: XML 1.0 in UTF-8, with namespaces, without a document type and without processing
 * instructions. Comments are passed over, and so is white space before the declaration. Rejects with
 * `firmware.protocol`, with the line and the column, for anything else, and for a document beyond `limits`.
 */
export async function parseXml(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): Promise<XmlElement> {
  const { SaxesParser } = await import("saxes");
  const parser = new SaxesParser({ xmlns: true, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  const allowed = { ...xmlLimits, ...limits };
  if (bytes.length > allowed.bytes) refuse(parser, `${bytes.length} bytes, at most ${allowed.bytes} are read`);
  const root = build(parser, allowed);
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    for (let at = beginning(bytes); at < bytes.length; at += PIECE) {
      parser.write(decoder.decode(bytes.subarray(at, at + PIECE), { stream: true }));
    }
    parser.write(decoder.decode()).close();
  } catch (error) {
    if (error instanceof AmtError) throw error;
    throw unreadable(parser, error instanceof TypeError ? "a byte that is not UTF-8" : wordsOf(error));
  }
  return root() ?? refuse(parser, "no element");
}

/** Where the document begins: XML wants its declaration to be the first, and some answers have a line end before it. */
function beginning(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => !WHITE_SPACE.includes(byte));
  return at < 0 ? bytes.length : at;
}

type Parser = SaxesParser<{ xmlns: true; forceXMLVersion: true; defaultXMLVersion: "1.0" }>;

/** What an element is while its end has not been seen. */
interface OpenElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  children: XmlElement[] | undefined;
  text: string;
}

/** Has the parser's events make a tree; what it returns gives the tree when the parser is done. */
function build(parser: Parser, limits: XmlLimits): () => XmlElement | undefined {
  let root: XmlElement | undefined;
  const open: OpenElement[] = [];
  const names = new Map<string, string>();
  let elements = 0;
  let attributes = 0;
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
      refuse(parser, `encoding ${encoding}, only UTF-8 is read`);
    }
  });
  parser.on("doctype", () => refuse(parser, "a document type"));
  parser.on("processinginstruction", ({ target }) => refuse(parser, `a processing instruction (${target})`));
  parser.on("opentagstart", () => {
    attributes = 0;
    if (++elements > limits.elements) refuse(parser, `more than ${limits.elements} elements`);
    if (open.length >= limits.depth) refuse(parser, `more than ${limits.depth} levels of elements`);
  });
  parser.on("attribute", () => {
    if (++attributes > limits.attributes) refuse(parser, `more than ${limits.attributes} attributes of one element`);
  });
  parser.on("opentag", (tag) => {
    open.push({
      name: shared(names, tag.local),
      namespace: shared(names, tag.uri),
      attributes: attributesOf(tag.attributes),
      children: undefined,
      text: "",
    });
  });
  parser.on("text", (text) => addText(open, text));
  parser.on("cdata", (text) => addText(open, text));
  parser.on("closetag", () => {
    const element = closed(open.pop()!);
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else (parent.children ??= []).push(element);
  });
  return () => root;
}

function addText(open: readonly OpenElement[], text: string): void {
  const element = open.at(-1);
  if (element !== undefined) element.text += text;
}

function closed({ name, namespace, attributes, children, text }: OpenElement): XmlElement {
  return children === undefined
    ? { name, namespace, attributes, children: none, text }
    : { name, namespace, attributes, children, text: trimmed(text) };
}

/** Without the white space of XML at its ends; a regular expression takes quadratic time for blanks in the middle. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && WHITE_SPACE.includes(text.charCodeAt(start))) start++;
  while (start < end && WHITE_SPACE.includes(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function attributesOf(attributes: Record<string, SaxesAttributeNS>): readonly XmlAttribute[] {
  const own = Object.values(attributes).filter(({ uri }) => uri !== XMLNS);
  return own.length === 0 ? none : own.map(({ local, uri, value }) => ({ name: local, namespace: uri, value }));
}

/** One string for all that are equal: names come as new strings each time. */
function shared(names: Map<string, string>, name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(name, name);
  return name;
}

function refuse(parser: Parser, what: string): never {
  throw unreadable(parser, what);
}

function unreadable(parser: Parser, what: string): AmtError {
  const { line, column } = parser;
  return new AmtError("firmware.protocol", `XML at ${line}:${column}: ${what.slice(0, LONGEST_REASON)}`, {
    details: { line, column },
  });
}

/** The parser's own words, without the place in front and the full stop behind them. */
function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^[\d:]+: /, "").replace(/\.$/, "");
}
