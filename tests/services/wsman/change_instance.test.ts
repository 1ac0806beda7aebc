import { describe, expect, it } from "vitest";
import { list, reference, secret, text, uint16, uint32, wsmanClass } from "../../../protocols/wsman/classes/declare.ts";
import { type WsmanClient, type WsmanInput, type XmlElement, xmlElement } from "../../../protocols/wsman/mod.ts";
import { parseXml } from "../../../protocols/wsman/xml/parse.ts";
import { changeInstance, replaceInstance } from "../../../services/wsman/change_instance.ts";

const uri = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_Thing";
const declaration = wsmanClass("AMT_Thing", {
  keys: ["InstanceID"],
  fields: {
    InstanceID: text,
    Size: uint32,
    Modes: list(uint16),
    Status: uint16,
    Owner: reference,
    Password: secret(text),
  },
  dropOnPut: ["Status"],
  dropWhenEmpty: ["Password"],
});

const told = `<g:AMT_Thing xmlns:g="${uri}"><g:InstanceID>1</g:InstanceID><g:Size>7</g:Size><g:Modes>1</g:Modes>` +
  `<g:Modes>14</g:Modes><g:Status>3</g:Status><g:Password></g:Password></g:AMT_Thing>`;

/** A client that has one instance, and what was put. */
async function scripted(xml = told) {
  const element = await parseXml(new TextEncoder().encode(xml));
  const puts: WsmanInput[] = [];
  const client = {
    get: () => Promise.resolve(element),
    put: (_class: string, input: WsmanInput) => {
      puts.push(input);
      return Promise.resolve(undefined);
    },
  } as unknown as WsmanClient;
  return { client, puts };
}

const texts = (input: WsmanInput | undefined) => (input as XmlElement[]).map(({ name, text }) => [name, text]);
const place = { resourceUri: uri, declaration, selectors: {} };

describe("changeInstance", () => {
  it("puts all fields back in their order, but for what AMT refuses, with the change in its place", async () => {
    const { client, puts } = await scripted();
    const done = await changeInstance(client, place, { Modes: ["1", "16"], Size: "8" });
    expect(done).toMatchObject({ sent: true, leftOut: [], stored: undefined });
    expect(done.changes).toEqual([
      { field: "Modes", before: [1, 14], after: [1, 16] },
      { field: "Size", before: 7, after: 8 },
    ]);
    expect(puts.map(texts)).toEqual([[["InstanceID", "1"], ["Size", "8"], ["Modes", "1"], ["Modes", "16"]]]);
  });

  it("adds a field that was not told, and a secret that was empty", async () => {
    const { client, puts } = await scripted(told.replace("<g:Size>7</g:Size>", ""));
    const { changes } = await changeInstance(client, place, { Size: 1, Password: "p" });
    expect(changes).toEqual([
      { field: "Size", before: undefined, after: 1 },
      { field: "Password", before: "", after: "p" },
    ]);
    expect(texts(puts[0])).toContainEqual(["Password", "p"]);
  });

  it.each([
    [{ Size: "7", Modes: [1, "14"], InstanceID: "1" }, []],
    [{}, []],
    [{ Status: 4 }, ["Status"]],
    [{ Status: "3" }, []],
  ])("puts nothing for %j", async (change, leftOut) => {
    const { client, puts } = await scripted();
    expect(await changeInstance(client, place, change)).toMatchObject({ sent: false, changes: [], leftOut });
    expect(puts).toEqual([]);
  });

  it("refuses a value that does not fit, before anything is put", async () => {
    const { client, puts } = await scripted();
    await expect(changeInstance(client, place, { Size: -1 })).rejects.toMatchObject({ code: "usage" });
    expect(puts).toEqual([]);
  });

  it("changes text where nothing is declared", async () => {
    const { client, puts } = await scripted();
    const { changes } = await changeInstance(client, { ...place, declaration: undefined }, {
      Size: 8,
      InstanceID: "1",
    });
    expect(changes).toEqual([{ field: "Size", before: "7", after: "8" }]);
    expect(puts).toEqual([{ InstanceID: "1", Size: 8, Modes: ["1", "14"], Status: "3", Password: "" }]);
  });
});

describe("replaceInstance", () => {
  const leaf = (name: string, content: string) => xmlElement(uri, name, content);

  it("puts what it is given, and tells what is new in it", async () => {
    const { client, puts } = await scripted();
    const instance = xmlElement(uri, "AMT_Thing", [leaf("InstanceID", "1"), leaf("Status", "4")]);
    const { changes, sent } = await replaceInstance(client, place, instance);
    expect([sent, changes]).toEqual([true, [{ field: "Status", before: 3, after: 4 }]]);
    expect(puts).toEqual([instance.children]);
  });

  it("puts values that are not of their types too", async () => {
    const { client, puts } = await scripted();
    const instance = xmlElement(uri, "AMT_Thing", [leaf("InstanceID", "1"), leaf("Size", "soon")]);
    const { changes } = await replaceInstance(client, place, instance);
    expect(changes).toEqual([{ field: "Size", before: "7", after: "soon" }]);
    expect(puts).toHaveLength(1);
  });
});
