import { describe, expect, it } from "vitest";
import { namespaces, resourceUri } from "../../../protocols/wsman/namespaces.ts";
import { isReference, readReference, reference, writeReference } from "../../../protocols/wsman/references.ts";
import { toElements, toInstance, toValue, type WsmanValue } from "../../../protocols/wsman/values.ts";
import { xmlElement } from "../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../protocols/wsman/xml/parse.ts";

const read = (xml: string) =>
  parseXml(new TextEncoder().encode(
    `<x xmlns:a="${namespaces.addressing}" xmlns:w="${namespaces.wsman}" xmlns:c="${namespaces.cim}" ` +
      `xmlns:xsi="${namespaces.instance}">${xml}</x>`,
  ));

/** As AMT 15 answers a Pull of CIM_ServiceAvailableToElement; source: wsman.md 1.3 and the recorded answers. */
const user = `<a:Address>${namespaces.addressing}/role/anonymous</a:Address><a:ReferenceParameters>` +
  `<w:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem</w:ResourceURI>` +
  `<w:SelectorSet><w:Selector Name="CreationClassName">CIM_ComputerSystem</w:Selector>` +
  `<w:Selector Name="Name">ManagedSystem</w:Selector></w:SelectorSet></a:ReferenceParameters>`;

describe("toValue", () => {
  it("leaves text as it is, and makes an array of what repeats", async () => {
    expect(toValue(await read("<A>1</A><B> x </B><A>2</A><C/>"))).toEqual({ A: ["1", "2"], B: " x ", C: "" });
  });

  it("unwraps points in time and spans, and leaves out what is nil", async () => {
    const times = `<StartTime><c:Datetime>2026-01-01T00:00:00Z</c:Datetime></StartTime>` +
      `<Interval><c:Interval>P1DT0H0M</c:Interval></Interval><None xsi:nil="true"/>`;
    expect(toValue(await read(times))).toEqual({ StartTime: "2026-01-01T00:00:00Z", Interval: "P1DT0H0M" });
  });

  it("knows a reference by what it holds", async () => {
    expect(toValue(await read(`<UserOfService>${user}</UserOfService>`))).toEqual({
      UserOfService: reference("CIM_ComputerSystem", {
        CreationClassName: "CIM_ComputerSystem",
        Name: "ManagedSystem",
      }),
    });
  });

  it("keeps a field that has the name of a member of every object", async () => {
    const value = toInstance(await read("<__proto__>1</__proto__><constructor>2</constructor>"));
    expect(Object.entries(value)).toEqual([["__proto__", "1"], ["constructor", "2"]]);
  });
});

describe("toElements", () => {
  it("repeats an array, writes references, and keeps the order", () => {
    const instance = { B: [1, true, "x"], A: { C: "" }, R: reference("CIM_ComputerSystem", { Name: "y" }), E: [] };
    const written = xmlElement("urn:1", "x", toElements("urn:1", instance));
    expect(written.children.map(({ name }) => name)).toEqual(["B", "B", "B", "A", "R"]);
    expect(toValue(written)).toEqual({ B: ["1", "true", "x"], A: { C: "" }, R: instance.R });
    expect(written.children.every(({ namespace }) => namespace === "urn:1")).toBe(true);
  });

  it.each([
    [NaN, "F: NaN is not exact; give it as text"],
    [2 ** 53, "F: 9007199254740992 is not exact; give it as text"],
    [null, "F: null is no value"],
  ])("refuses %s with usage", (value, message) => {
    const instance = { F: value as WsmanValue };
    expect(() => toElements("", instance)).toThrow(expect.objectContaining({ code: "usage", message }));
  });
});

describe("references", () => {
  it("readReference reads what writeReference wrote, with references in selectors", () => {
    const inner = reference("CIM_FilterCollection", { InstanceID: "Intel(r) AMT:All" });
    const outer = reference("CIM_FilterCollectionSubscription", { Filter: inner, Handler: "x" });
    expect(readReference(xmlElement("", "x", writeReference(outer)))).toEqual(outer);
    expect(isReference(outer)).toBe(true);
  });

  it("readReference takes AMT's reference to nothing", async () => {
    const nothing = `<a:Address>default</a:Address><a:ReferenceParameters><w:ResourceURI></w:ResourceURI>` +
      `<w:SelectorSet></w:SelectorSet></a:ReferenceParameters>`;
    expect(readReference(await read(nothing))).toEqual({ address: "default", resourceUri: "", selectors: {} });
  });

  it.each(["text", "<Address/>", `<a:Address>x</a:Address>`])("readReference finds none in %s", async (xml) => {
    expect(readReference(await read(xml))).toBeUndefined();
  });

  it.each([undefined, null, "x", [], {}, { Address: "x" }, { address: "x", resourceUri: "y", selectors: null }])(
    "isReference says no to %j",
    (value) => expect(isReference(value)).toBe(false),
  );
});

describe("resourceUri", () => {
  it.each([
    ["AMT_GeneralSettings", "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings"],
    ["IPS_OptInService", "http://intel.com/wbem/wscim/1/ips-schema/1/IPS_OptInService"],
    ["CIM_Chassis", "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Chassis"],
    ["http://example.com/X_Y", "http://example.com/X_Y"],
  ])("knows where %s belongs", (name, uri) => expect(resourceUri(name)).toBe(uri));

  it.each(["", "GeneralSettings", "XYZ_Thing", "AMT_<x>", "AMT_"])("refuses %j with usage", (name) => {
    expect(() => resourceUri(name)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});
