import { describe, expect, it } from "vitest";
import { amtctl, amtctlJson, served } from "./wsman_cli.ts";

const sim = ["--device", "sim", "wsman"];

/** AMT_GeneralSettings of `activated`, by docs/simulator.md and the facts about what AMT 16 tells. */
const generalSettings = {
  AMTNetworkEnabled: 1,
  DDNSPeriodicUpdateInterval: 1440,
  DDNSTTL: 900,
  DDNSUpdateEnabled: false,
  DigestRealm: "Digest:1A2B3C4D5E6F4A108B0100005E005301",
  DomainName: "example.com",
  HostName: "laptop1",
  HostOSFQDN: "laptop1",
  InstanceID: "Intel(r) AMT: General Settings",
  NetworkInterfaceEnabled: true,
  SharedFQDN: true,
};

describe("wsman get", () => {
  it("reads an instance by the types of its class, through this machine's ME", async () => {
    const { code, answer } = await amtctlJson([...sim, "get", "AMT_GeneralSettings"]);
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      target: { by: "apf", host: "127.0.0.1", port: 16992, tls: false, trusted: null, fingerprint: null },
      class: "AMT_GeneralSettings",
      resourceUri: "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings",
      instance: generalSettings,
      unknownFields: [],
      xml: null,
      unavailable: [],
      warnings: [],
    });
  });

  it("reads the same by TCP and by TLS, and tells the way", async () => {
    await using amt = await served();
    const byTcp = await amtctlJson(["wsman", "get", "AMT_GeneralSettings", "--host", amt.plain]);
    expect(byTcp.answer).toMatchObject({ target: { by: "tcp", tls: false }, instance: generalSettings });
    const byTls = await amtctlJson(["wsman", "get", "AMT_GeneralSettings", "--host", amt.tls, "--tls"]);
    expect(byTls.answer.instance).toEqual(byTcp.answer.instance);
    expect(byTls.answer.target).toMatchObject({
      tls: true,
      trusted: "firstUse",
      fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  it.each([
    "amt_generalsettings",
    "AMT_GENERALSETTINGS",
    "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings",
  ])("takes a class as %s", async (name) => {
    const { code, answer } = await amtctlJson([...sim, "get", name]);
    expect([code, answer.class]).toEqual([0, "AMT_GeneralSettings"]);
    expect(answer.instance).toMatchObject(generalSettings);
  });

  it("reads one instance of several by a selector, in any case", async () => {
    const { answer } = await amtctlJson([
      ...sim,
      "get",
      "AMT_EthernetPortSettings",
      "--selector",
      "instanceid=Intel(r) AMT Ethernet Port Settings 0",
    ]);
    expect(answer.instance).toMatchObject({ MACAddress: "00-00-5e-00-53-01", IPAddress: "192.0.2.10" });
  });

  it("reads an instance by a selector that is a reference", async () => {
    const { code, answer } = await amtctlJson([
      ...sim,
      "get",
      "CIM_ComputerSystemPackage",
      "--selector=Antecedent=CIM_Chassis?CreationClassName=CIM_Chassis&Tag=CIM_Chassis",
      "--selector=Dependent=CIM_ComputerSystem?CreationClassName=CIM_ComputerSystem&Name=ManagedSystem",
    ]);
    // 1a2b3c4d-5e6f-4a10-8b01-00005e005301, as the firmware stores it.
    expect([code, answer.instance.PlatformGUID]).toEqual([0, "4D3C2B1A6F5E104A8B0100005E005301"]);
  });

  it("prints the fields below each other for people", async () => {
    const { code, out, err } = await amtctl([...sim, "get", "AMT_GeneralSettings"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^HostName {23}laptop1$/m);
    expect(out).toMatch(/^SharedFQDN {21}true$/m);
  });

  it("shows the answer as XML, alone and in JSON", async () => {
    const { out } = await amtctl([...sim, "get", "AMT_GeneralSettings", "--xml"]);
    expect(out).toMatch(
      /^<\?xml version="1\.0" encoding="utf-8"\?><h:AMT_GeneralSettings xmlns:h="http:\/\/intel\.com/,
    );
    expect(out).toContain("<h:HostName>laptop1</h:HostName>");
    const { answer } = await amtctlJson([...sim, "get", "AMT_GeneralSettings", "--xml"]);
    expect(answer.xml + "\n").toBe(out);
  });

  it("takes a class of AMT's that is not known here, and says so when it is one letter off", async () => {
    const unknown = await amtctlJson([...sim, "get", "ips_nothing"]);
    expect(unknown).toMatchObject({ code: 13, error: { code: "wsman.fault", details: { class: "IPS_nothing" } } });
    expect(unknown.error.hint).not.toContain("did you mean");
    const near = await amtctlJson([...sim, "get", "AMT_GeneralSettngs"]);
    expect(near.error.hint).toContain("no class AMT_GeneralSettngs is known here, did you mean AMT_GeneralSettings?");
  });

  it.each([
    ["GeneralSetings", "Did you mean AMT_GeneralSettings?"],
    ["zzzzzz", "See amtctl wsman classes"],
  ])("refuses %s, which is no class of AMT's, with what may have been meant", async (name, hint) => {
    const { code, error } = await amtctlJson([...sim, "get", name]);
    expect([code, error.code, error.hint]).toEqual([2, "usage", hint]);
  });

  it.each([
    [[], "expected argument for CLASS"],
    [["AMT_GeneralSettings", "--selector", "x"], "--selector:"],
    [["AMT_GeneralSettings", "--selector", "InstanceID=a", "--selector", "instanceid=b"], "given twice"],
  ])("%j is a wrong command line", async (args, message) => {
    const { code, error } = await amtctlJson([...sim, "get", ...args]);
    expect([code, error.code]).toEqual([2, "usage"]);
    expect(error.message).toContain(message);
  });

  it("ends with 9 for a wrong password, and with 9 for what a user may not do", async () => {
    const wrong = await amtctlJson([...sim, "get", "AMT_GeneralSettings"], { env: { AMTCTL_PASSWORD: "wrong" } });
    expect([wrong.code, wrong.error.code]).toEqual([9, "auth.refused"]);
    const local = ["--user", "$$OsAdmin"];
    const env = { AMTCTL_PASSWORD: "" };
    const read = await amtctlJson([...sim, "get", "AMT_GeneralSettings", ...local], { env });
    expect(read.code).toBe(0);
    const change = await amtctlJson([...sim, "put", "AMT_GeneralSettings", "HostName=x", ...local], { env });
    expect([change.code, change.error.code]).toEqual([9, "auth.denied"]);
  });
});

describe("wsman identify", () => {
  it("tells who answers", async () => {
    const { answer } = await amtctlJson([...sim, "identify", "--xml"]);
    expect(answer).toMatchObject({
      protocolVersion: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
      productVendor: "Intel(r)",
      productVersion: "AMT 16.1.25.2049",
    });
    expect(answer.xml).toContain(">AMT 16.1.25.2049</");
    expect((await amtctl([...sim, "identify"])).out).toMatch(/^version +AMT 16\.1\.25\.2049$/m);
  });
});

describe("wsman enum", () => {
  it("lists instances of a class", async () => {
    const { answer } = await amtctlJson([...sim, "enum", "CIM_SoftwareIdentity"]);
    const versions = answer.instances.map(({ instance }: { instance: Record<string, string> }) => instance);
    // The ten of GetCodeVersions but the BIOS (docs/simulator.md).
    expect(versions).toHaveLength(10);
    expect(versions).toContainEqual({ InstanceID: "AMT", IsEntity: true, VersionString: "16.1.25" });
    expect(answer.references).toBeNull();
  });

  it("lists references whose selectors name the instances", async () => {
    const { answer } = await amtctlJson([...sim, "enum", "CIM_SoftwareIdentity", "--references"]);
    expect(answer.instances).toBeNull();
    expect(answer.references).toHaveLength(10);
    expect(answer.references[0]).toMatchObject({
      resourceUri: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_SoftwareIdentity",
      selectors: { InstanceID: "Flash" },
    });
    const { out } = await amtctl([...sim, "enum", "CIM_AssociatedPowerManagementService", "--references"]);
    expect(out).toContain(
      "&UserOfService=(CIM_ComputerSystem?CreationClassName=CIM_ComputerSystem&Name=ManagedSystem)",
    );
  });

  it("shows all items in one document", async () => {
    const { out } = await amtctl([...sim, "enum", "CIM_SoftwareIdentity", "--xml"]);
    expect(out.match(/<\w+:InstanceID>/g)).toHaveLength(10);
    expect(out).toMatch(
      /^<\?xml [^>]*\?><h:Items xmlns:h="http:\/\/schemas\.xmlsoap\.org\/ws\/2004\/09\/enumeration">/,
    );
  });

  it("says so when there are no instances", async () => {
    expect((await amtctl([...sim, "enum", "IPS_AlarmClockOccurrence"])).out)
      .toBe("IPS_AlarmClockOccurrence: no instances\n");
  });
});

describe("what AMTHI tells too", () => {
  const status = async (path: string) => (await amtctl(["--device", "sim", "status", "--get", path])).out.trim();

  it("is the same: uuid, version, host name, network", async () => {
    const { answer: packages } = await amtctlJson([...sim, "enum", "CIM_ComputerSystemPackage"]);
    const [, ...bytes] = /^(..)(..)(..)(..)(..)(..)(..)(..)(.*)$/.exec(packages.instances[0].instance.PlatformGUID)!;
    const order = [3, 2, 1, 0, 5, 4, 7, 6, 8].map((at) => bytes[at]).join("").toLowerCase();
    expect(order).toBe((await status("uuid")).replaceAll("-", ""));

    const { answer: software } = await amtctlJson([...sim, "enum", "CIM_SoftwareIdentity"]);
    const versions = JSON.parse(await status("versions"));
    for (const { instance: { InstanceID, VersionString } } of software.instances) {
      expect([InstanceID, VersionString]).toEqual([InstanceID, versions[InstanceID]]);
    }
    const { answer: { instance } } = await amtctlJson([...sim, "get", "AMT_GeneralSettings"]);
    expect(`${instance.HostName}.${instance.DomainName}`).toBe(await status("fqdn"));
  });
});
