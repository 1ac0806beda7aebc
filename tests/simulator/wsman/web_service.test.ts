import { describe, expect, it } from "vitest";
import { profileNames } from "../../../simulator/mod.ts";
import { child, Console, envelope, fieldsOf, reference, selectors, uriOf } from "./console.ts";

const GET = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
const general = envelope(GET, "AMT_GeneralSettings");
const identify = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>` +
  `<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>`;

describe("the simulated AMT's WS-Management", () => {
  it("answers Get in the form of recorded answers", async () => {
    const { status, headers, body, chunks } = await new Console().post(general);
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("application/soap+xml; charset=UTF-8");
    expect(headers.get("Transfer-Encoding")).toBe("chunked");
    expect(chunks.length).toBeGreaterThan(1);
    expect(body).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><a:Envelope xmlns:a="http:\/\/www\.w3\.org\//);
    expect(body).toContain(
      "<a:Header><b:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</b:To>" +
        "<b:RelatesTo>42</b:RelatesTo>" +
        `<b:Action a:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</b:Action>` +
        "<b:MessageID>uuid:00000000-8086-8086-8086-000000000001</b:MessageID>" +
        `<c:ResourceURI>${uriOf("AMT_GeneralSettings")}</c:ResourceURI></a:Header>` +
        "<a:Body><g:AMT_GeneralSettings><g:AMTNetworkEnabled>1</g:AMTNetworkEnabled>",
    );
  });

  it("counts its messages over connections", async () => {
    const console = new Console();
    await console.post(general);
    expect((await console.post(general)).body).toContain("uuid:00000000-8086-8086-8086-000000000002");
  });

  it.each([
    ["no XML", "hello"],
    ["XML that does not end", "<a><b></a>"],
    ["a document type", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`],
    ["nothing", ""],
  ])("answers %s with 400 and an empty body", async (_, text) => {
    const { status, body, headers } = await new Console().post(text);
    expect([status, body, headers.get("Content-Length")]).toEqual([400, "", "0"]);
  });

  it("says who it is to Identify, which needs no other header", async () => {
    const { status, body } = await new Console("legacy").post(identify);
    expect(status).toBe(200);
    expect(body).toContain("<g:ProductVersion>AMT 9.5.40.1892</g:ProductVersion>");
  });

  it("answers a class that no AMT has with the fault that is recorded", async () => {
    const { status, headers, body } = await new Console().post(envelope(GET, "AMT_Nothing"));
    expect(status).toBe(400);
    expect(headers.get("Content-Type")).toContain("application/soap+xml");
    expect(body).toContain(
      `<b:Action a:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/fault</b:Action>` +
        "<b:MessageID>uuid:00000000-8086-8086-8086-000000000001</b:MessageID></a:Header><a:Body><a:Fault><a:Code>" +
        "<a:Value>a:Sender</a:Value><a:Subcode><a:Value>b:DestinationUnreachable</a:Value></a:Subcode></a:Code>" +
        `<a:Reason><a:Text xml:lang="en-US">No route can be determined to reach the destination role defined by the ` +
        "WSAddressing To.</a:Text></a:Reason><a:Detail></a:Detail></a:Fault></a:Body></a:Envelope>",
    );
    expect(body).toContain(`xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing"`);
  });

  it.each<[string, string, string]>([
    ["a selector of another name", "e:InvalidSelectors", envelope(GET, "CIM_Chip", "", selectors({ Name: "x" }))],
    ["a selector of no instance", "b:DestinationUnreachable", envelope(GET, "CIM_Chip", "", selectors({ Tag: "x" }))],
    ["no selector where there are several", "e:InvalidSelectors", envelope(GET, "CIM_PhysicalMemory")],
    ["a method that is not there", "b:ActionNotSupported", envelope(`${uriOf("CIM_Chip")}/Fly`, "CIM_Chip")],
    ["a method of all objects", "b:ActionNotSupported", envelope(`${uriOf("CIM_Chip")}/toString`, "CIM_Chip")],
    ["a Put of what cannot be put", "b:ActionNotSupported", put("CIM_Chip", "")],
    [
      "a Put of a field that is not there",
      "e:SchemaValidationError",
      put("AMT_GeneralSettings", "<h:Color>1</h:Color>"),
    ],
    [
      "a Put of no number",
      "e:SchemaValidationError",
      put("AMT_GeneralSettings", "<h:IdleWakeTimeout>soon</h:IdleWakeTimeout>"),
    ],
    ["a Put of another class", "d:InvalidRepresentation", put("AMT_GeneralSettings", "", "CIM_Chip")],
    [
      "a filter",
      "c:FilteringNotSupported",
      enumerate(`<w:Filter Dialect="x">y</w:Filter>`),
    ],
    ["a mode that is not there", "e:UnsupportedFeature", enumerate("<w:EnumerationMode>x</w:EnumerationMode>")],
    [
      "options that must be understood",
      "e:UnsupportedFeature",
      envelope(GET, "CIM_Chip", "", `<w:OptionSet a:mustUnderstand="true"/>`),
    ],
    [
      "a small MaxEnvelopeSize",
      "e:EncodingLimit",
      envelope(GET, "CIM_Chip", "", "<w:MaxEnvelopeSize>49999</w:MaxEnvelopeSize>"),
    ],
    ["no Action", "b:MessageInformationHeaderRequired", envelope("", "CIM_Chip")],
    ["another envelope", "e:SchemaValidationError", "<Envelope><Header/><Body/></Envelope>"],
  ])("answers %s with %s", async (_, subcode, text) => {
    await expect(new Console().body(text)).rejects.toThrow(new RegExp(`^(${subcode})$`));
  });

  it("takes a Pull in pieces of the size that is asked for", async () => {
    const console = new Console();
    const context = child(await console.enumerate("CIM_SoftwareIdentity"), "EnumerationContext");
    expect(context).toMatch(/^[0-9A-F]{8}-0000-0000-0000-000000000000$/);
    const first = await console.pull("CIM_SoftwareIdentity", context, 7);
    expect(first.children.map(({ name }) => name)).toEqual(["EnumerationContext", "Items"]);
    expect(first.children[1]!.children).toHaveLength(7);
    const last = await console.pull("CIM_SoftwareIdentity", context, 7);
    expect(last.children.map(({ name }) => name)).toEqual(["Items", "EndOfSequence"]);
    expect(last.children[0]!.children).toHaveLength(3);
    await expect(console.pull("CIM_SoftwareIdentity", context)).rejects.toThrow("c:InvalidEnumerationContext");
  });

  it("has one enumeration open at a time", async () => {
    const console = new Console();
    const first = child(await console.enumerate("CIM_PhysicalMemory"), "EnumerationContext");
    const second = child(await console.enumerate("CIM_Chip"), "EnumerationContext");
    await expect(console.pull("CIM_PhysicalMemory", first)).rejects.toThrow("c:InvalidEnumerationContext");
    await expect(console.pull("CIM_PhysicalMemory", second)).rejects.toThrow("c:InvalidEnumerationContext");
    expect((await console.pull("CIM_Chip", second)).children).toHaveLength(2);
  });

  it("answers references when these are asked for, by which Get finds the instances", async () => {
    const console = new Console();
    const options = "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>";
    const [first, second] = await console.all("CIM_PhysicalMemory", options);
    expect(first!.name).toBe("EndpointReference");
    const keys = second!.children[1]!.children[1]!.children.map(({ text }) => text);
    expect(keys).toEqual(["CIM_PhysicalMemory", "9876543210 (#1)"]);
    const found = await console.get("CIM_PhysicalMemory", { CreationClassName: keys[0]!, Tag: keys[1]! });
    expect(child(found, "BankLabel")).toBe("BANK 2");
  });

  it("finds an instance by keys that are references", async () => {
    const console = new Console();
    const chassis = reference("CIM_Chassis", { CreationClassName: "CIM_Chassis", Tag: "CIM_Chassis" });
    const chosen = `<w:SelectorSet><w:Selector Name="Antecedent"><a:EndpointReference>${chassis}` +
      "</a:EndpointReference></w:Selector></w:SelectorSet>";
    const found = await console.body(envelope(GET, "CIM_ComputerSystemPackage", "", chosen));
    expect(found.name).toBe("CIM_ComputerSystemPackage");
    const other = chosen.replace('Tag">CIM_Chassis', 'Tag">CIM_Card');
    await expect(console.body(envelope(GET, "CIM_ComputerSystemPackage", "", other))).rejects.toThrow(
      "b:DestinationUnreachable",
    );
  });

  it("answers an enumeration without instances with an empty list", async () => {
    expect(await new Console().all("IPS_AlarmClockOccurrence")).toEqual([]);
  });

  it("keeps what XML has a meaning for", async () => {
    const console = new Console();
    await console.put("AMT_GeneralSettings", "<h:HostName>a&amp;b&lt;c&quot;</h:HostName>");
    expect(fieldsOf(await console.get("AMT_GeneralSettings"))["HostName"]).toBe(`a&b<c"`);
  });
});

describe("a class", () => {
  it.each(["IPS_PowerManagementService"])("%s is not there on AMT 9.5", async (name) => {
    await expect(new Console("legacy").get(name)).rejects.toThrow("b:DestinationUnreachable");
    await expect(new Console("legacy").enumerate(name)).rejects.toThrow("b:DestinationUnreachable");
    expect((await new Console().get(name)).name).toBe(name);
  });

  it("has fewer fields on AMT 9.5 than on 16.1", async () => {
    const names = async (profile: string, className: string) =>
      Object.keys(fieldsOf(await new Console(profile).get(className)));
    expect(await names("legacy", "CIM_BootService")).not.toContain("EnabledState");
    expect(await names("activated", "CIM_BootService")).toContain("EnabledState");
    expect(await names("legacy", "AMT_BootCapabilities")).not.toContain("ForceUEFIHTTPSBoot");
    expect(await names("activated", "AMT_BootCapabilities")).toContain("ForceUEFIHTTPSBoot");
    expect(await new Console("legacy").all("CIM_BootSourceSetting")).toHaveLength(3);
    expect(await new Console("activated").all("CIM_BootSourceSetting")).toHaveLength(6);
  });

  it.each(profileNames.filter((name) => !["disabled", "no-amt", "unprovisioned", "tls-only"].includes(name)))(
    "of %s has a name and version that AMTHI tells too",
    async (profile) => {
      const console = new Console(profile);
      const { state, realm } = await console.machine();
      const settings = fieldsOf(await console.get("AMT_GeneralSettings"));
      expect([settings["HostName"], settings["DomainName"]].join(".")).toBe(state.fqdn.fqdn);
      expect(settings["DigestRealm"]).toBe(realm);
      const versions = (await console.all("CIM_SoftwareIdentity")).map(fieldsOf);
      expect(versions.find(({ InstanceID }) => InstanceID === "AMT")!["VersionString"]).toBe(
        state.codeVersions.versions.find(({ name }) => name === "AMT")!.version,
      );
      const guid = fieldsOf(await console.get("CIM_ComputerSystemPackage"))["PlatformGUID"] as string;
      const [a, b, c] = [guid.slice(0, 8), guid.slice(8, 12), guid.slice(12, 16)].map((part) =>
        part.match(/../g)!.reverse().join("")
      );
      const text = `${a}-${b}-${c}-${guid.slice(16, 20)}-${guid.slice(20)}`.toLowerCase();
      expect(text).toBe(state.uuid);
      const { UUID } = await console.invoke("AMT_SetupAndConfigurationService", "GetUuid");
      expect(Buffer.from(UUID as string, "base64").toString("hex").toUpperCase()).toBe(guid);
    },
  );
});

describe("the account of local programs", () => {
  const local = (profile: string) => {
    const console = new Console(profile);
    console.user = "$$OsAdmin";
    console.password = `simulated-osadmin-${profile}`;
    return console;
  };
  it.each(["activated", "unprovisioned"])("of %s may read names and the setup service", async (profile) => {
    for (const name of ["AMT_GeneralSettings", "IPS_HostBasedSetupService", "AMT_SetupAndConfigurationService"]) {
      expect((await local(profile).get(name)).name).toBe(name);
    }
  });
  it("may not read or change the rest", async () => {
    const console = local("activated");
    await expect(console.get("CIM_Chassis")).rejects.toThrow("e:AccessDenied");
    await expect(console.all("AMT_MessageLog")).rejects.toThrow("e:AccessDenied");
    await expect(console.put("AMT_GeneralSettings", "<h:HostName>x</h:HostName>")).rejects.toThrow("e:AccessDenied");
    await expect(console.returned("AMT_SetupAndConfigurationService", "CommitChanges")).rejects.toThrow(
      "e:AccessDenied",
    );
  });
});

function put(className: string, fields: string, as = className): string {
  const body = `<h:${as} xmlns:h="${uriOf(as)}">${fields}</h:${as}>`;
  return envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Put", className, body);
}

function enumerate(options: string): string {
  const namespace = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
  return envelope(`${namespace}/Enumerate`, "CIM_Chip", `<Enumerate xmlns="${namespace}">${options}</Enumerate>`);
}
