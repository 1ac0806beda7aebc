import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { xmlChildren, xmlText } from "../../../protocols/wsman/xml/element.ts";
import { parseXml, type XmlLimits } from "../../../protocols/wsman/xml/parse.ts";

const read = (text: string, limits?: Partial<XmlLimits>) => parseXml(new TextEncoder().encode(text), limits);
const refusal = (text: string, limits?: Partial<XmlLimits>) =>
  read(text, limits).then(() => expect.unreachable(), (error: AmtError) => error);

describe("parseXml", () => {
  it("resolves prefixes and keeps them out of the tree", async () => {
    const root = await read(
      `<?xml version="1.0" encoding="UTF-8"?>\n<a:x xmlns:a="urn:1" xmlns="urn:2"><y a:k="v" l="w"/><z xmlns=""/></a:x>`,
    );
    expect(root).toEqual({
      name: "x",
      namespace: "urn:1",
      attributes: [],
      text: "",
      children: [
        {
          name: "y",
          namespace: "urn:2",
          attributes: [{ name: "k", namespace: "urn:1", value: "v" }, { name: "l", namespace: "", value: "w" }],
          children: [],
          text: "",
        },
        { name: "z", namespace: "", attributes: [], children: [], text: "" },
      ],
    });
  });

  it("keeps white space in an element that has only text, and drops what lays out", async () => {
    const root = await read("<x>\n  <y> a\n</y>\n  <z> </z>\n</x>");
    expect(root.text).toBe("");
    expect(root.children.map((each) => each.text)).toEqual([" a\n", " "]);
    expect(xmlText(root, "y")).toBe("a");
  });

  it("reads entities, CDATA, comments and a byte order mark", async () => {
    const root = await read("\ufeff<x>a&amp;b&#x20AC;<!-- no --><![CDATA[<c>]]>\u00e9</x>");
    expect(root.text).toBe("a&b\u20ac<c>\u00e9");
  });

  it("passes over white space before the declaration, which recorded answers have", async () => {
    expect((await read(` \r\n\t<?xml version="1.0"?><x/>`)).name).toBe("x");
  });

  it("reads text that stands across pieces of 64 KiB", async () => {
    const text = "\u20ac\u{1f600}&lt;".repeat(40_000);
    expect((await read(`<x><y>${text}</y></x>`)).children[0]!.text).toBe("\u20ac\u{1f600}<".repeat(40_000));
  });

  it.each([
    ["nothing", "", "1:0: document must contain a root element"],
    ["white space", " \n", "1:0: document must contain a root element"],
    ["text", "bad xml", "1:7: text data outside of root node"],
    ["an end that is missing", "<x>\n<y>", "2:3: unclosed tag: y"],
    ["a wrong end", "<x></y>", "1:7: unexpected close tag"],
    ["a prefix that is not declared", "<a:x/>", '1:6: unbound namespace prefix: "a"'],
    ["an attribute given twice", `<x a="1" a="2"/>`, "1:16: duplicate attribute: a"],
    [
      "an attribute given twice under two prefixes",
      `<x xmlns:a="u" xmlns:b="u" a:k="" b:k=""/>`,
      "1:42: duplicate attribute",
    ],
    ["two roots", "<x/><x/>", "1:7: documents may contain only one root"],
    ["an entity that is not XML's own", "<x>&nbsp;</x>", "1:9: undefined entity"],
    ["an entity that every object of JavaScript has", "<x>&constructor;</x>", "1:16: undefined entity"],
    ["a control character", "<x>\u0001</x>", "1:4: disallowed character"],
    ["a reference to a control character", "<x>&#27;</x>", "1:8: "],
    ["a processing instruction", `<?xml-stylesheet href="x"?><x/>`, "1:27: a processing instruction (xml-stylesheet)"],
    ["another encoding", `<?xml version="1.0" encoding="latin1"?><x/>`, "1:39: encoding latin1, only UTF-8 is read"],
    ["a document type", `<!DOCTYPE x SYSTEM "http://example.com/x.dtd"><x/>`, "1:46: a document type"],
  ])("parseXml refuses %s with its place", async (_, text, message) => {
    const error = await refusal(text);
    expect(error.code).toBe("firmware.protocol");
    expect(error.message).toContain(`XML at ${message}`);
  });

  it("refuses bytes that are not UTF-8", async () => {
    await expect(parseXml(Uint8Array.from([0x3c, 0x78, 0x3e, 0xff, 0x3c, 0x2f, 0x78, 0x3e])))
      .rejects.toThrow("XML at 1:0: a byte that is not UTF-8");
    await expect(parseXml(Uint8Array.from([0x3c, 0x78, 0x2f, 0x3e, 0xe2, 0x82]))).rejects.toThrow("not UTF-8");
  });
});

describe("parseXml's limits", () => {
  const nested = (depth: number) => "<x>".repeat(depth) + "</x>".repeat(depth);
  const attributes = (count: number) => `<x ${Array.from({ length: count }, (_, i) => `a${i}=""`).join(" ")}/>`;

  it.each([
    ["depth", nested(64), nested(65), "more than 64 levels of elements"],
    ["attributes", attributes(32), attributes(33), "more than 32 attributes of one element"],
    ["elements", `<x>${"<y/>".repeat(99_999)}</x>`, `<x>${"<y/>".repeat(100_000)}</x>`, "more than 100000 elements"],
    ["bytes", `<x>${" ".repeat((4 << 20) - 7)}</x>`, `<x>${" ".repeat((4 << 20) - 6)}</x>`, "at most 4194304 are read"],
  ])("parseXml takes as many %s as it allows and refuses one more", async (_, within, beyond, message) => {
    await expect(read(within)).resolves.toBeDefined();
    const error = await refusal(beyond);
    expect(error.code).toBe("firmware.protocol");
    expect(error.message).toContain(message);
  });

  it("parseXml takes other limits when they are given", async () => {
    expect((await refusal("<x><y/></x>", { depth: 1 })).message).toContain("more than 1 levels");
    expect((await refusal("<x/>", { bytes: 3 })).message).toContain("at most 3 are read");
  });

  /** Entities that name each other: 10^9 times the text, where somebody expands them. */
  it("parseXml does not expand a bomb of entities", async () => {
    const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join("");
    const bomb = `<!DOCTYPE x [<!ENTITY e0 "boom">${entities}]><x>&e9;</x>`;
    expect((await refusal(bomb)).message).toContain("a document type");
    expect((await refusal(bomb.replace(/^<!DOCTYPE[^]*\]>/, ""))).message).toContain("undefined entity");
  });

  it("parseXml does not fetch an external entity", async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`;
    expect((await refusal(bomb)).message).toContain("a document type");
  });

  it.each([
    ["levels", "<x>".repeat(1_300_000)],
    ["attributes", `<x ${"a='' ".repeat(800_000)}/>`],
    ["namespaces", `<x ${Array.from({ length: 200_000 }, (_, i) => `xmlns:n${i}='u'`).join(" ")}/>`],
    ["elements", `<x>${"<y/>".repeat(1_000_000)}`],
    ["one name", `<${"x".repeat(4_000_000)}/>`],
    ["one comment", `<x><!--${"-x".repeat(2_000_000)}--></x>`],
    ["blanks in the middle of a text", `<x><y/>a${" ".repeat(4_000_000)}b</x>`],
    ["one text", `<x>${"&amp;".repeat(800_000)}</x>`],
  ])("parseXml is done in seconds with 4 MB of %s", async (_, text) => {
    const begin = performance.now();
    const error = await read(text).catch((error) => error);
    if (error instanceof Error) expect(error).toBeInstanceOf(AmtError);
    expect(error.message?.length ?? 0).toBeLessThan(300);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

describe("parseXml with any bytes", () => {
  const settles = async (bytes: Uint8Array) => {
    try {
      await parseXml(bytes);
    } catch (error) {
      if (!(error instanceof AmtError) || error.code !== "firmware.protocol") throw error;
    }
  };

  it("parseXml gives a tree or an AmtError", async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), settles), { numRuns: 2000 });
  });

  it("parseXml gives a tree or an AmtError for pieces of XML in any order", async () => {
    const pieces = fc.constantFrom(
      ...["<", ">", "/", "x", " ", "a:x", "=", `"`, "'", "&", "amp;", "#", "&#x0;", "&#xD800;", "&lt;", "<x>", "</x>"],
      ...["<a:x xmlns:a='u'>", "</a:x>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<?xml version='1.0'?>"],
      ...["<!DOCTYPE x", "[", "]", "<!ENTITY", "xmlns=''", "xmlns:a=''", "xml:lang='en'", "\u0000", "\ud83d\ude00"],
    );
    const soup = fc.array(pieces, { maxLength: 30 }).map((each) => new TextEncoder().encode(each.join("")));
    await fc.assert(fc.asyncProperty(soup, settles), { numRuns: 5000 });
  });
});

describe("xmlChildren", () => {
  it("finds all of a name, in one namespace if that is given", async () => {
    const root = await read(`<r><x>1</x><y/><x xmlns="u">2</x></r>`);
    expect(xmlChildren(root, "x").map(({ text }) => text)).toEqual(["1", "2"]);
    expect(xmlChildren(root, "x", "u").map(({ text }) => text)).toEqual(["2"]);
    expect(xmlText(root, "z")).toBeUndefined();
  });
});
