import { describe, expect, it } from "vitest";
import {
  assignedFields,
  expectNoneHidden,
  hiddenNames,
  jsonFields,
  openSecrets,
  parseAssignment,
  selectorsOf,
  unknownNames,
} from "../../commands/wsman_values.ts";
import {
  bool,
  embedded,
  list,
  reference,
  secret,
  text,
  uint32,
  wsmanClass,
} from "../../protocols/wsman/classes/declare.ts";

const inner = wsmanClass("AMT_Inner", { fields: { Where: reference, Size: uint32 } });
const fields = {
  Name: text,
  Size: uint32,
  Flag: bool,
  Names: list(text),
  Where: reference,
  Inner: embedded(inner),
};
const fan = {
  address: "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
  resourceUri: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Fan",
  selectors: { DeviceID: "Fan 1 & 2 = 100%", SystemName: "" },
};
const fanText = "CIM_Fan?DeviceID=Fan 1 %26 2 = 100%25&SystemName=";

const read = (...words: string[]) => assignedFields(fields, words.map(parseAssignment));

describe("assignedFields", () => {
  it.each<[string[], unknown]>([
    [["Name=a=b c"], { Name: "a=b c" }],
    [["Name="], { Name: "" }],
    [["Name=[1]"], { Name: "[1]" }],
    [[`Name={"a":1}`], { Name: `{"a":1}` }],
    [["Name=AMT_X?y=z"], { Name: "AMT_X?y=z" }],
    [["size=7", "FLAG=true"], { Size: "7", Flag: "true" }],
    [["Names=a"], { Names: "a" }],
    [["Names=a", "names=b"], { Names: ["a", "b"] }],
    [[`Names=["a","b,c"]`], { Names: ["a", "b,c"] }],
    [["Names=[]"], { Names: [] }],
    [["Names=[a"], { Names: "[a" }],
    [[`Where=${fanText}`], { Where: fan }],
    [[`Where=cim_Fan?DeviceID=1`], { Where: { ...fan, resourceUri: fan.resourceUri, selectors: { DeviceID: "1" } } }],
    [[`Where=${JSON.stringify(fan)}`], { Where: fan }],
    [[`Inner={"size":3,"Where":"${fanText}"}`], { Inner: { Size: 3, Where: fan } }],
    [["Other=x"], { Other: "x" }],
    [["Other=x", "Other=y"], { Other: ["x", "y"] }],
    [[`Other={"a":[1]}`], { Other: { a: [1] } }],
    [[`Other=${fanText}`], { Other: fan }],
    [["__proto__=x"], Object.fromEntries([["__proto__", "x"]])],
  ])("reads %j by the declared types", (words, instance) => {
    expect(read(...words)).toStrictEqual(instance);
  });

  it.each([
    [["Name=a", "name=b"], "Name is given twice"],
    [["Inner=x"], "is no JSON object"],
    [["Where=CIM_Fan"], "refers to no instance"],
    [["Where=CIM_Fan?x"], "refers to no instance"],
    [["Where=Fan?x=y"], "refers to no instance"],
    [["Other=[9007199254740993]"], "is not exact"],
  ])("refuses %j", (words, message) => {
    expect(() => read(...words)).toThrow(message);
  });
});

describe("parseAssignment", () => {
  it.each(["", "=", "=x", "a", "1=x", "a b=x", "a.b=x"])("refuses %j", (word) => {
    expect(() => parseAssignment(word)).toThrow("is no name with a value");
  });

  it("keeps line ends and equals signs of the value", () => {
    expect(parseAssignment("a=b\n=c")).toEqual({ name: "a", value: "b\n=c" });
  });
});

describe("jsonFields", () => {
  it("gives names the declared spelling, and makes references of text, deep inside too", () => {
    expect(jsonFields(fields, { name: "x", where: fanText, Inner: { where: fanText }, Other: fanText }))
      .toEqual({ Name: "x", Where: fan, Inner: { Where: fan }, Other: fanText });
  });
});

describe("selectorsOf", () => {
  const declaration = wsmanClass("AMT_X", {
    keys: ["InstanceID", "Antecedent"],
    fields: { InstanceID: text, Antecedent: reference },
  });
  const chosen = { name: "AMT_X", resourceUri: "urn:x", declaration, warnings: [] };
  const select = (...words: string[]) => selectorsOf(chosen, words.map(parseAssignment));

  it("spells keys as they are declared, and reads references where the key is no text", () => {
    expect(select("instanceid=AMT_A?b=c", `antecedent=${fanText}`))
      .toEqual({ InstanceID: "AMT_A?b=c", Antecedent: fan });
    expect(select("Other=x")).toEqual({ Other: "x" });
  });
});

describe("secrets in what is given", () => {
  const wifi = wsmanClass("CIM_W", { fields: { SSID: text, PSKPassPhrase: secret(text) } });
  const parameters = { Password: secret(text), Settings: embedded(wifi), Keys: list(secret(text)) };

  it("openSecrets names those on the command line, inside others too", () => {
    const given = { Password: "p", Settings: { SSID: "s", PSKPassPhrase: "x" }, NewPassword: "q", Name: "n" };
    expect(openSecrets(parameters, given).map((text) => text.split(" ")[0]))
      .toEqual(["Password", "Settings.PSKPassPhrase", "NewPassword"]);
  });

  it("hiddenNames finds what stands for a secret that was hidden, and nothing elsewhere", () => {
    const given = { Password: "***", Keys: ["a", "***"], Settings: { SSID: "***", PSKPassPhrase: "***" } };
    expect(hiddenNames(parameters, given)).toEqual(["Password", "Keys", "Settings.PSKPassPhrase"]);
    expect(() => expectNoneHidden(parameters, { Settings: { PSKPassPhrase: "***" } }))
      .toThrow("Settings.PSKPassPhrase: *** is what stands for a secret");
    expect(() => expectNoneHidden(parameters, { Password: "p", Name: "***" })).not.toThrow();
  });
});

describe("unknownNames", () => {
  it("misses nothing where nothing is declared", () => {
    expect(unknownNames("AMT_X", undefined, ["a"])).toEqual([]);
    expect(unknownNames("AMT_X", fields, ["Name", "constructor", "Nam"])).toEqual([
      "AMT_X has no constructor that is known here",
      "AMT_X has no Nam that is known here, did you mean Name?",
    ]);
  });
});
