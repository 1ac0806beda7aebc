import { describe, expect, it } from "vitest";
import { AmtError } from "../../../../core/errors/mod.ts";
import {
  bool,
  datetime,
  embedded,
  interval,
  list,
  octets,
  reference,
  secret,
  sint32,
  sint64,
  text,
  uint16,
  uint64,
  uint8,
  wsmanClass,
} from "../../../../protocols/wsman/classes/declare.ts";
import { readInstance, readOutput } from "../../../../protocols/wsman/typed.ts";
import { parseXml } from "../../../../protocols/wsman/xml/parse.ts";

const inner = wsmanClass("CIM_Inner", { fields: { Count: uint8 } });
const declaration = wsmanClass("AMT_Some", {
  keys: ["Name"],
  fields: {
    Name: text,
    Small: uint8,
    Port: uint16,
    Big: uint64,
    Signed: sint32,
    Long: sint64,
    On: bool,
    Start: datetime,
    Every: interval,
    Data: octets,
    Other: reference,
    Part: embedded(inner),
    Names: list(text),
    Numbers: list(uint8),
    Password: secret(uint8),
  },
  methods: { Count: { output: { Total: uint16 } } },
});

describe("readInstance", () => {
  it.each([
    ["<h:Small>0</h:Small>", { Small: 0 }],
    ["<h:Small> 255\n</h:Small>", { Small: 255 }],
    ["<h:Signed>-2147483648</h:Signed>", { Signed: -2147483648 }],
    ["<h:Big>9007199254740991</h:Big>", { Big: 9007199254740991 }],
    ["<h:Big>9007199254740992</h:Big>", { Big: "9007199254740992" }],
    ["<h:Big>18446744073709551615</h:Big>", { Big: "18446744073709551615" }],
    ["<h:Long>-9223372036854775808</h:Long>", { Long: "-9223372036854775808" }],
    ["<h:On>true</h:On>", { On: true }],
    ["<h:On>False</h:On>", { On: false }],
    ["<h:On>1</h:On>", { On: true }],
    ["<h:On>0</h:On>", { On: false }],
    ["<h:Name> a </h:Name>", { Name: " a " }],
    ["<h:Name/>", { Name: "" }],
    ["<h:Data>AAE=</h:Data>", { Data: "AAE=" }],
    ["<h:Start><c:Datetime>2026-01-01T00:00:00Z</c:Datetime></h:Start>", { Start: "2026-01-01T00:00:00Z" }],
    ["<h:Start>2026-01-01T00:00:00Z</h:Start>", { Start: "2026-01-01T00:00:00Z" }],
    ["<h:Every><c:Interval>P0DT0H0M</c:Interval></h:Every>", { Every: "P0DT0H0M" }],
    ["<h:Part><i:Count>3</i:Count></h:Part>", { Part: { Count: 3 } }],
    ["<h:Part/>", { Part: {} }],
    ["<h:Names>a</h:Names>", { Names: ["a"] }],
    ["<h:Numbers>2</h:Numbers><h:Name>n</h:Name><h:Numbers>1</h:Numbers>", { Numbers: [2, 1], Name: "n" }],
  ])("readInstance reads %s", async (xml, instance) => {
    const read = readInstance(declaration, await element(xml));
    expect(read).toEqual({ instance, unknown: [] });
    expect(Object.keys(read.instance)).toEqual(Object.keys(instance));
  });

  it.each([
    '<h:Name xsi:nil="true"/>',
    '<h:Small xsi:nil="1"></h:Small>',
    "<h:Small></h:Small>",
    "<h:On/>",
    "<h:Numbers/><h:Numbers> </h:Numbers>",
  ])("readInstance leaves out %s", async (xml) => {
    expect(readInstance(declaration, await element(xml))).toEqual({ instance: {}, unknown: [] });
  });

  it("readInstance reads a reference, whose selector may be one too", async () => {
    const read = readInstance(
      declaration,
      await element(`<h:Other><a:Address>/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>x/AMT_A</w:ResourceURI>
        <w:SelectorSet><w:Selector Name="Key"><a:EndpointReference><a:Address>b</a:Address><a:ReferenceParameters>
        <w:ResourceURI>x/AMT_B</w:ResourceURI></a:ReferenceParameters></a:EndpointReference></w:Selector></w:SelectorSet>
        </a:ReferenceParameters></h:Other>`),
    );
    const selectors = { Key: { address: "b", resourceUri: "x/AMT_B", selectors: {} } };
    expect(read.instance).toEqual({ Other: { address: "/wsman", resourceUri: "x/AMT_A", selectors } });
  });

  it("readInstance keeps and tells what is not declared", async () => {
    const xml =
      "<h:New>1</h:New><h:Part><i:Count>3</i:Count><i:More>x</i:More></h:Part><h:constructor>c</h:constructor>";
    expect(readInstance(declaration, await element(xml))).toEqual({
      instance: { New: "1", Part: { Count: 3, More: "x" }, ["constructor"]: "c" },
      unknown: ["New", "Part.More", "constructor"],
    });
  });

  it("readInstance tells a field that repeats although it is no list", async () => {
    const read = readInstance(declaration, await element("<h:Small>1</h:Small><h:Small>2</h:Small>"));
    expect(read).toEqual({ instance: { Small: [1, 2] }, unknown: ["Small"] });
  });

  it("readInstance reads as text what has no declaration", async () => {
    const xml = "<h:Small>1</h:Small><h:On>true</h:On>";
    const read = readInstance(undefined, await element(xml));
    expect(read).toEqual({ instance: { Small: "1", On: "true" }, unknown: ["Small", "On"] });
  });

  it.each([
    ["<h:Small>256</h:Small>", 'AMT_Some.Small: "256" is not a number from 0 to 255'],
    ["<h:Small>-1</h:Small>", 'AMT_Some.Small: "-1" is not a number from 0 to 255'],
    ["<h:Port>65536</h:Port>", 'AMT_Some.Port: "65536" is not a number from 0 to 65535'],
    ["<h:Port>0x10</h:Port>", 'AMT_Some.Port: "0x10" is not a number from 0 to 65535'],
    ["<h:Port>1.5</h:Port>", 'AMT_Some.Port: "1.5" is not a number from 0 to 65535'],
    ["<h:Port><h:X/></h:Port>", 'AMT_Some.Port: "<X>" is not a number from 0 to 65535'],
    ["<h:Signed>2147483648</h:Signed>", 'AMT_Some.Signed: "2147483648" is not a number from -2147483648 to 2147483647'],
    [
      "<h:Big>18446744073709551616</h:Big>",
      'AMT_Some.Big: "18446744073709551616" is not a number from 0 to 18446744073709551615',
    ],
    ["<h:Numbers>1</h:Numbers><h:Numbers>x</h:Numbers>", 'AMT_Some.Numbers: "x" is not a number from 0 to 255'],
    ["<h:On>yes</h:On>", 'AMT_Some.On: "yes" is not true or false'],
    ["<h:On>constructor</h:On>", 'AMT_Some.On: "constructor" is not true or false'],
    ["<h:Name><h:X/></h:Name>", 'AMT_Some.Name: "<X>" is not text'],
    ["<h:Start><c:Datetime>1</c:Datetime><c:Date>2</c:Date></h:Start>", /^AMT_Some.Start: "<Datetime>" is not a time/],
    ["<h:Other>AMT_A</h:Other>", 'AMT_Some.Other: "AMT_A" is not a reference to an instance'],
    ["<h:Part><i:Count>x</i:Count></h:Part>", 'AMT_Some.Part.Count: "x" is not a number from 0 to 255'],
    ["<h:Password>hunter2</h:Password>", "AMT_Some.Password: its value is not a number from 0 to 255"],
    [`<h:Small>${"9".repeat(5000)}</h:Small>`, `AMT_Some.Small: "${"9".repeat(60)}..." is not a number from 0 to 255`],
  ])("readInstance refuses %s", async (xml, message) => {
    const found = await element(xml);
    const thrown = error(() => readInstance(declaration, found));
    expect(thrown.code).toBe("firmware.protocol");
    expect(thrown.message).toMatch(typeof message === "string" ? literally(message) : message);
  });
});

describe("readOutput", () => {
  it("readOutput reads what a method declares and its ReturnValue", async () => {
    const read = readOutput(
      declaration,
      "Count",
      await element("<h:Total>7</h:Total><h:ReturnValue>0</h:ReturnValue>"),
    );
    expect(read).toEqual({ instance: { Total: 7, ReturnValue: 0 }, unknown: [] });
  });

  it.each([[declaration, "toString"], [declaration, "New"], [undefined, "Count"]])(
    "readOutput reads the ReturnValue alone as a number when the method is not declared (%#)",
    async (known, method) => {
      const read = readOutput(known, method, await element("<h:Total>7</h:Total><h:ReturnValue>1</h:ReturnValue>"));
      expect(read).toEqual({ instance: { Total: "7", ReturnValue: 1 }, unknown: ["Total"] });
    },
  );

  it("readOutput names class, method and parameter when it refuses", async () => {
    const output = await element("<h:Total>-</h:Total>");
    expect(error(() => readOutput(declaration, "Count", output)).message).toMatch(/^AMT_Some.Count.Total: /);
  });
});

async function element(content: string) {
  const namespaces = {
    h: "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_Some",
    i: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Inner",
    a: "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    w: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    c: "http://schemas.dmtf.org/wbem/wscim/1/common",
    xsi: "http://www.w3.org/2001/XMLSchema-instance",
  };
  const declared = Object.entries(namespaces).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`).join("");
  return await parseXml(new TextEncoder().encode(`<h:AMT_Some${declared}>${content}</h:AMT_Some>`));
}

function error(step: () => unknown): AmtError {
  try {
    step();
  } catch (thrown) {
    if (thrown instanceof AmtError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

function literally(message: string): RegExp {
  return new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}
