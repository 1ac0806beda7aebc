import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../../core/errors/mod.ts";
import type { Fields, FieldType, WsmanClassDeclaration } from "../../../../protocols/wsman/classes/declare.ts";
import { classNames, findClass } from "../../../../protocols/wsman/classes/mod.ts";
import { readInstance, readOutput, writeInput, writeInstance } from "../../../../protocols/wsman/typed.ts";
import type { WsmanInstance, WsmanValue } from "../../../../protocols/wsman/values.ts";
import { type XmlElement, xmlElement } from "../../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../../protocols/wsman/xml/parse.ts";
import { writeXml } from "../../../../protocols/wsman/xml/write.ts";

const declared = await Promise.all((await classNames()).map(async (name) => [name, (await findClass(name))!] as const));

describe("declared classes", () => {
  it.each(declared)("readInstance gives back what writeInstance wrote of %s", (name, declaration) => {
    fc.assert(fc.property(instancesOf(declaration.fields), (instance) => {
      const written = writeInstance(declaration, instance) as readonly XmlElement[];
      const read = readInstance(declaration, xmlElement("", name, written));
      expect(read).toEqual({ instance, unknown: [] });
      expect(Object.keys(read.instance)).toEqual(Object.keys(instance));
    }));
  });

  it.each(declared)("readInstance gives back what went as a document of %s", async (name, declaration) => {
    await fc.assert(
      fc.asyncProperty(instancesOf(declaration.fields), async (instance) => {
        const written = writeInstance(declaration, instance) as readonly XmlElement[];
        const bytes = new TextEncoder().encode(writeXml(xmlElement("urn:x", name, written)));
        expect(readInstance(declaration, await parseXml(bytes))).toEqual({ instance, unknown: [] });
      }),
      { numRuns: 10 },
    );
  });

  it.each(methods())("readOutput and writeInput keep every value of %s.%s", (_, method, declaration) => {
    const { input, output } = declaration.methods[method]!;
    fc.assert(
      fc.property(instancesOf(input), instancesOf(output), (given, returned) => {
        const asInput = { ...declaration, methods: { [method]: { input: output, output: input } } };
        const taken = xmlElement("", "X", writeInput(declaration, method, given) as readonly XmlElement[]);
        expect(readOutput(asInput, method, taken)).toEqual({ instance: given, unknown: [] });
        const answer = xmlElement("", "X", writeInput(asInput, method, returned) as readonly XmlElement[]);
        expect(readOutput(declaration, method, answer)).toEqual({ instance: returned, unknown: [] });
      }),
      { numRuns: 20 },
    );
  });

  it.each(declared)("readInstance reads any text in %s or refuses it as the firmware's fault", (name, declaration) => {
    const raw = fc.oneof(fc.string(), fc.constantFrom("", "0", "-1", "true", "4294967296", "2026-01-01T00:00:00Z"));
    const child = fc.tuple(fc.constantFrom(...Object.keys(declaration.fields), "__proto__", "valueOf"), raw)
      .map(([field, text]) => xmlElement("", field, text));
    fc.assert(fc.property(fc.array(child, { maxLength: 6 }), (children) => {
      const element = xmlElement("", name, children);
      try {
        const { instance, unknown } = readInstance(declaration, element);
        const present = new Set(children.map((each) => each.name));
        expect(Object.keys(instance).every((field) => present.has(field))).toBe(true);
        expect(unknown.every((field) => present.has(field))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(AmtError);
        expect((error as AmtError).code).toBe("firmware.protocol");
        expect((error as AmtError).message).toMatch(new RegExp(`^${name}\\.\\w+: `));
      }
    }));
  });
});

function methods(): [name: string, method: string, declaration: WsmanClassDeclaration][] {
  return declared.flatMap(([name, declaration]) =>
    Object.keys(declaration.methods).map((method): [string, string, WsmanClassDeclaration] => [
      name,
      method,
      declaration,
    ])
  );
}

/** Instances with some of the fields, in any order. */
function instancesOf(fields: Fields): fc.Arbitrary<WsmanInstance> {
  const entries = Object.entries(fields);
  return fc.shuffledSubarray(entries, { maxLength: Math.min(12, entries.length) }).chain((chosen) =>
    fc.tuple(...chosen.map(([, type]) => valuesOf(type))).map((values) =>
      Object.fromEntries(chosen.map(([name], index) => [name, values[index]!]))
    )
  );
}

function valuesOf(type: FieldType): fc.Arbitrary<WsmanValue> {
  const { list: isList, ...item } = type;
  if (isList) return fc.array(valuesOf(item), { minLength: 1, maxLength: 4 });
  switch (type.kind) {
    case "text":
      return characters;
    case "bool":
      return fc.boolean();
    case "octets":
      return fc.uint8Array({ maxLength: 40 }).map((bytes) => btoa(String.fromCharCode(...bytes)));
    case "datetime":
      return fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-01-01") })
        .map((date) => date.toISOString());
    case "interval":
      return fc.tuple(fc.nat(999), fc.nat(23), fc.nat(59)).map(([d, h, m]) => `P${d}DT${h}H${m}M`);
    case "reference":
      return references;
    case "embedded":
      return instancesOf(type.embedded!.fields);
    default: {
      const bits = BigInt(type.kind.slice(4));
      const signed = type.kind.startsWith("s");
      const [min, max] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
      return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n)).map((value) => {
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : String(value);
      });
    }
  }
}

/** What XML can hold. */
const characters = fc.string({ unit: "binary", maxLength: 20 }).map((text) =>
  text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
);

const words = fc.stringMatching(/^[A-Za-z][\w() :]{0,12}\w$/);
const references: fc.Arbitrary<WsmanValue> = fc.record({
  address: words,
  resourceUri: words,
  selectors: fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{0,8}$/), words, { maxKeys: 3, noNullPrototype: true }),
});
