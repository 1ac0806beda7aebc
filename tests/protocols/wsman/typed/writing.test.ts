/**
 * What is written is compared with requests of @device-management-toolkit/wsman-messages 5.14.1, which consoles send to
 * real AMT, where it has the method; elsewhere with what Intel's guide says of values: truth in lower case, arrays as
 * elements that repeat, points in time and spans wrapped in CIM's common namespace.
 */
import { AMT, type CIM } from "@device-management-toolkit/wsman-messages";
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
  text,
  uint64,
  uint8,
  wsmanClass,
} from "../../../../protocols/wsman/classes/declare.ts";
import { findClass } from "../../../../protocols/wsman/classes/mod.ts";
import { reference as referTo } from "../../../../protocols/wsman/references.ts";
import { forPut, writeInput, writeInstance } from "../../../../protocols/wsman/typed.ts";
import type { WsmanInput, WsmanInstance, WsmanValue } from "../../../../protocols/wsman/values.ts";
import { xmlElement } from "../../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../../protocols/wsman/xml/parse.ts";

const some = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_Some";
const common = "http://schemas.dmtf.org/wbem/wscim/1/common";

const declaration = wsmanClass("AMT_Some", {
  fields: {
    Name: text,
    Small: uint8,
    Big: uint64,
    On: bool,
    Start: datetime,
    Every: interval,
    Data: octets,
    Other: reference,
    Part: embedded(wsmanClass("CIM_Inner", { fields: { Count: uint8 } })),
    Numbers: list(uint8),
    Password: secret(uint8),
  },
  methods: { Do: { input: { First: uint8, Second: text } } },
});

describe("writeInstance", () => {
  it.each<[string, WsmanValue, string]>([
    ["Small", 255, "255"],
    ["Small", "7", "7"],
    ["Small", "+07", "7"],
    ["Big", "18446744073709551615", "18446744073709551615"],
    ["Big", 9007199254740991, "9007199254740991"],
    ["On", true, "true"],
    ["On", "FALSE", "false"],
    ["On", 1, "true"],
    ["Name", "a & b", "a & b"],
    ["Name", 5, "5"],
    ["Name", "", ""],
    ["Data", "AAE=", "AAE="],
    ["Data", "", ""],
  ])("writeInstance writes %s %j as %j", (name, value, expected) => {
    expect(writeInstance(declaration, { [name]: value })).toEqual([xmlElement(some, name, expected)]);
  });

  it.each<[string, string, string]>([
    ["Start", "Datetime", "2026-01-31T08:00:00Z"],
    ["Start", "Datetime", "2026-01-31T08:00:00.5+01:00"],
    ["Start", "Datetime", "20260131080000.000000+060"],
    ["Every", "Interval", "P1DT8H30M"],
    ["Every", "Interval", "P0DT0H0M"],
    ["Every", "Interval", "PT30S"],
    ["Every", "Interval", "00000001083000.000000:000"],
  ])("writeInstance wraps %s as %s %s", (name, wrapper, value) => {
    expect(writeInstance(declaration, { [name]: value })).toEqual([
      xmlElement(some, name, [xmlElement(common, wrapper, value)]),
    ]);
  });

  it("writeInstance repeats what a list has, keeps the order and writes what is not declared", () => {
    expect(writeInstance(declaration, { Numbers: [3, 1], New: ["a", "b"], Small: 1 })).toEqual([
      xmlElement(some, "Numbers", "3"),
      xmlElement(some, "Numbers", "1"),
      xmlElement(some, "New", "a"),
      xmlElement(some, "New", "b"),
      xmlElement(some, "Small", "1"),
    ]);
    expect(writeInstance(declaration, { Numbers: 3 })).toEqual([xmlElement(some, "Numbers", "3")]);
    expect(writeInstance(declaration, { Numbers: [] })).toEqual([]);
  });

  it("writeInstance gives back the instance when there is no declaration", () => {
    const instance = { Name: "n" };
    expect(writeInstance(undefined, instance)).toBe(instance);
    expect(writeInput(undefined, "Do", instance)).toBe(instance);
  });

  it.each<[string, unknown, string | RegExp]>([
    ["Small", 256, "AMT_Some.Small: 256 is not a number from 0 to 255"],
    ["Small", 1.5, "AMT_Some.Small: 1.5 is not a number from 0 to 255"],
    ["Small", "", 'AMT_Some.Small: "" is not a number from 0 to 255'],
    ["Small", Number.NaN, "AMT_Some.Small: NaN is not a number from 0 to 255"],
    ["Small", null, "AMT_Some.Small: null is not a number from 0 to 255"],
    ["Small", undefined, "AMT_Some.Small: undefined is not a number from 0 to 255"],
    ["Small", [1], "AMT_Some.Small: [1] is not a number from 0 to 255"],
    ["Big", 2 ** 64, "AMT_Some.Big: 18446744073709552000 is not a number from 0 to 18446744073709551615"],
    ["On", "yes", 'AMT_Some.On: "yes" is not true or false'],
    ["Name", { a: "b" }, /^AMT_Some.Name: .* is not text$/],
    ["Data", "A", 'AMT_Some.Data: "A" is not base64'],
    ["Start", "tomorrow", 'AMT_Some.Start: "tomorrow" is not a time such as 2026-01-31T08:00:00Z'],
    ["Every", "P", 'AMT_Some.Every: "P" is not a span such as P1DT8H30M'],
    ["Every", "P1DT", 'AMT_Some.Every: "P1DT" is not a span such as P1DT8H30M'],
    ["Other", "AMT_A", 'AMT_Some.Other: "AMT_A" is not a reference to an instance'],
    ["Part", "x", "AMT_Some.Part: its value is not an instance of CIM_Inner"],
    ["Part", [{ Key: "hunter2" }], "AMT_Some.Part: its value is not an instance of CIM_Inner"],
    ["Part", { Count: 999 }, "AMT_Some.Part.Count: 999 is not a number from 0 to 255"],
    ["Numbers", [1, -1], "AMT_Some.Numbers: -1 is not a number from 0 to 255"],
    ["Password", "hunter2", "AMT_Some.Password: its value is not a number from 0 to 255"],
    ["Password", { a: "hunter2" }, "AMT_Some.Password: its value is not a number from 0 to 255"],
  ])("writeInstance refuses %s %j", (name, value, message) => {
    const thrown = error(() => writeInstance(declaration, { [name]: value } as WsmanInstance));
    expect(thrown.code).toBe("usage");
    if (typeof message === "string") expect(thrown.message).toBe(message);
    else expect(thrown.message).toMatch(message);
  });
});

describe("writeInput", () => {
  it("writeInput puts parameters into the order of the declaration, others behind them", () => {
    expect(writeInput(declaration, "Do", { Third: "3", Second: "2", First: 1 })).toEqual([
      xmlElement(some, "First", "1"),
      xmlElement(some, "Second", "2"),
      xmlElement(some, "Third", "3"),
    ]);
    expect(writeInput(declaration, "toString", { Any: "x" })).toEqual([xmlElement(some, "Any", "x")]);
  });

  it("writeInput embeds an alarm as consoles do", async () => {
    const theirs = new AMT.Messages().AlarmClockService.AddAlarm({
      InstanceID: "Instance",
      ElementName: "Alarm",
      StartTime: new Date("2022-12-31T23:59:00Z"),
      Interval: 90,
      DeleteOnCompletion: true,
    });
    const ours = writeInput(await findClass("AMT_AlarmClockService"), "AddAlarm", {
      AlarmTemplate: {
        InstanceID: "Instance",
        ElementName: "Alarm",
        StartTime: "2022-12-31T23:59:00Z",
        Interval: "P0DT1H30M",
        DeleteOnCompletion: true,
      },
    });
    expect(ours).toEqual(await inputOf(theirs));
  });

  it("writeInput embeds the profiles of a wireless network as consoles do", async () => {
    const wifi = {
      ElementName: "home",
      InstanceID: "Intel(r) AMT:WiFi Endpoint Settings home",
      AuthenticationMethod: 6,
      EncryptionMethod: 4,
      SSID: "home",
      Priority: 1,
      PSKPassPhrase: "a & b",
    };
    const profile = { ElementName: "8021x", InstanceID: "p", AuthenticationProtocol: 0, Username: "u" };
    const theirs = new AMT.Messages().WiFiPortConfigurationService.AddWiFiSettings(
      { ...wifi } as CIM.Models.WiFiEndpointSettings,
      { name: "Name", value: "WiFi Endpoint 0" },
      { ...profile } as CIM.Models.IEEE8021xSettings,
      "Intel(r) AMT Certificate: Handle: 1",
      "Intel(r) AMT Certificate: Handle: 0",
    );
    const certificate = (handle: number) => ({
      ...referTo("AMT_PublicKeyCertificate", { InstanceID: `Intel(r) AMT Certificate: Handle: ${handle}` }),
      address: "default",
    });
    const ours = writeInput(await findClass("AMT_WiFiPortConfigurationService"), "AddWiFiSettings", {
      CACredential: certificate(0),
      ClientCredential: certificate(1),
      IEEE8021xSettingsInput: profile,
      WiFiEndpointSettingsInput: wifi,
      WiFiEndpoint: { ...referTo("CIM_WiFiEndpoint", { Name: "WiFi Endpoint 0" }), address: "/wsman" },
    });
    expect(ours).toEqual(await inputOf(theirs));
  });
});

describe("forPut", () => {
  it("forPut drops what AMT_BootSettingData refuses, and an empty password", async () => {
    const boot = await findClass("AMT_BootSettingData");
    const kept = { BIOSPause: false, BootMediaIndex: 0, ElementName: "", UseSOL: true };
    const refused = {
      OptionsCleared: true,
      BIOSLastStatus: [2, 0],
      WinREBootEnabled: true,
      UEFILocalPBABootEnabled: true,
      UEFIHTTPSBootEnabled: true,
      SecureBootControlEnabled: true,
      RPEEnabled: true,
      BootguardStatus: 127,
    };
    const unset = { RSEPassword: "", UefiBootNumberOfParams: 0, UefiBootParametersArray: "" };
    const set = { RSEPassword: "secret", UefiBootNumberOfParams: 1, UefiBootParametersArray: "hoABAA==" };
    expect(forPut(boot!, { ...kept, ...refused, ...unset })).toEqual(kept);
    expect(forPut(boot!, { ...kept, ...refused, ...set })).toEqual({ ...kept, ...set });
  });

  it("forPut drops what AMT_EthernetPortSettings refuses, and keeps the order", async () => {
    const port = await findClass("AMT_EthernetPortSettings");
    const put = forPut(port!, {
      DHCPEnabled: true,
      LinkIsUp: true,
      LinkControl: 2,
      InstanceID: "Intel(r) AMT Ethernet Port Settings 0",
      MACAddress: "00-be-43-d8-22-a4",
      PhysicalConnectionType: 0,
      PhysicalNicMedium: 0,
      SharedDynamicIP: true,
      WLANLinkProtectionLevel: 1,
      IpSyncEnabled: true,
      New: "",
    });
    expect(Object.keys(put)).toEqual(["DHCPEnabled", "InstanceID", "IpSyncEnabled", "New"]);
  });
});

async function inputOf(envelope: string): Promise<WsmanInput> {
  const root = await parseXml(new TextEncoder().encode(envelope));
  return root.children.find(({ name }) => name === "Body")!.children[0]!.children;
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
