import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { type XmlAttribute, type XmlElement, xmlElement } from "../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../protocols/wsman/xml/parse.ts";
import { escapeAttribute, escapeText, writeXml } from "../../../protocols/wsman/xml/write.ts";

const declaration = `<?xml version="1.0" encoding="utf-8"?>`;

describe("writeXml", () => {
  it("declares a namespace where it is needed, and uses the prefixes that are given", () => {
    const tree = xmlElement("urn:soap", "Envelope", [
      xmlElement("urn:a", "Action", "x"),
      xmlElement("urn:soap", "Body", [
        xmlElement("urn:class", "Put", [xmlElement("urn:class", "Field"), xmlElement("urn:other", "Field", "1")]),
      ]),
    ]);
    expect(writeXml(tree, { "": "urn:soap", a: "urn:a" })).toBe(
      `${declaration}<Envelope xmlns="urn:soap" xmlns:a="urn:a"><a:Action>x</a:Action><Body>` +
        `<h:Put xmlns:h="urn:class"><h:Field/><h2:Field xmlns:h2="urn:other">1</h2:Field></h:Put></Body></Envelope>`,
    );
  });

  it("takes the default namespace back for an element that has none", () => {
    const tree = xmlElement("urn:1", "x", [xmlElement("", "y", [xmlElement("urn:1", "z")])]);
    expect(writeXml(tree, { "": "urn:1" })).toBe(
      `${declaration}<x xmlns="urn:1"><y xmlns=""><h:z xmlns:h="urn:1"/></y></x>`,
    );
  });

  it("gives an attribute of a namespace a prefix, also when that namespace is the default", () => {
    const lang = { name: "lang", namespace: "http://www.w3.org/XML/1998/namespace", value: "en" };
    const tree = xmlElement("urn:1", "x", "", [{ name: "k", namespace: "urn:1", value: "v" }, lang]);
    expect(writeXml(tree, { "": "urn:1" })).toBe(
      `${declaration}<x xmlns="urn:1" xmlns:h="urn:1" h:k="v" xml:lang="en"/>`,
    );
  });

  it.each(["", "1x", "a b", "a:b", "x>", "x/", "a\u00e9", "xmlns"])("refuses the name %j", (name) => {
    for (const tree of [xmlElement("", name), xmlElement("", "x", [], [{ name, namespace: "", value: "" }])]) {
      expect(() => writeXml(tree)).toThrow(expect.objectContaining({ code: "usage" }));
    }
  });
});

describe("escapeText and escapeAttribute", () => {
  it.each([
    ["a&b<c>d", "a&amp;b&lt;c&gt;d", "a&amp;b&lt;c&gt;d"],
    [`"'`, `"'`, `&quot;'`],
    ["]]>", "]]&gt;", "]]&gt;"],
    ["\t\n\r", "\t\n&#13;", "&#9;&#10;&#13;"],
    ["\u00e9\u20ac\u{1f600}", "\u00e9\u20ac\u{1f600}", "\u00e9\u20ac\u{1f600}"],
  ])("escape %j", (text, escapedText, escapedAttribute) => {
    expect(escapeText(text)).toBe(escapedText);
    expect(escapeAttribute(text)).toBe(escapedAttribute);
  });

  it.each([
    ["\u0000", "U+0000"],
    ["a\u001bb", "U+001B"],
    ["\u000b", "U+000B"],
    ["\ufffe", "U+FFFE"],
    ["\uffff", "U+FFFF"],
    ["\ud83d", "U+D83D"],
    ["x\ude00", "U+DE00"],
  ])("refuse %j, which XML cannot hold, with usage", (text, character) => {
    for (const escape of [escapeText, escapeAttribute]) {
      const message = `Text with the character ${character}: XML cannot hold it`;
      expect(() => escape(text)).toThrow(expect.objectContaining({ code: "usage", message }));
    }
  });
});

describe("writeXml and parseXml", () => {
  it("any tree that is written and read is the same", async () => {
    await fc.assert(
      fc.asyncProperty(tree(5), prefixes, async (written, given) => {
        const read = await parseXml(new TextEncoder().encode(writeXml(written, given)));
        expect(read).toEqual(written);
      }),
      { numRuns: 500 },
    );
  });

  it("any text is held exactly, or refused with usage", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        const written = xmlElement("", "x", text, [{ name: "k", namespace: "", value: text }]);
        let document: string;
        try {
          document = writeXml(written);
        } catch (error) {
          if (!(error instanceof AmtError) || error.code !== "usage") throw error;
          return;
        }
        expect(await parseXml(new TextEncoder().encode(document))).toEqual(written);
      }),
      { numRuns: 2000 },
    );
  });
});

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,6}$/).filter((each) => each !== "xmlns");
const namespace = fc.constantFrom("", "urn:1", "urn:2", `http://example.com/?a=1&b="2"`);
const text = fc.string({
  unit: fc.oneof(fc.constantFrom("&", "<", ">", '"', "'", "\t", "\n", "\r", "]]>"), fc.constantFrom("a", "\u20ac")),
});
const attributes = fc.uniqueArray(
  fc.record<XmlAttribute>({ name, namespace, value: text }),
  { maxLength: 4, selector: (each) => `${each.namespace} ${each.name}` },
);
const tree: fc.Memo<XmlElement> = fc.memo((depth) =>
  fc.record({
    name,
    namespace,
    attributes,
    children: depth === 1 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 3 }),
    text,
  }, { noNullPrototype: true }).map((each) =>
    each.children.length === 0 ? each : { ...each, text: each.text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "") }
  )
);
const prefixes = fc.constantFrom<Record<string, string>>({}, { "": "urn:1" }, { a: "urn:2" }, {
  "": "urn:2",
  h: "urn:1",
});
