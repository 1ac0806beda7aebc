import { AMT } from "@device-management-toolkit/wsman-messages";
import { describe, expect, it } from "vitest";
import {
  GetDnsSuffixList,
  GetFqdn,
  GetLanInterfaceSettings,
  GetRedirectionState,
  GetSecurityParameters,
} from "../../../protocols/amthi/mod.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { Console, DirectConsole, fieldsOf, reference } from "./console.ts";

const amt = new AMT.Messages();
const REMOTE = { InstanceID: "Intel(r) AMT 802.3 TLS Settings" };
const WIRED = { InstanceID: "Intel(r) AMT Ethernet Port Settings 0" };
const fields = (values: Record<string, unknown>) =>
  Object.entries(values).map(([name, value]) => `<h:${name}>${value}</h:${name}>`).join("");

describe("AMT_GeneralSettings", () => {
  it("is put whole, as it was read, with another name, which AMTHI tells too", async () => {
    const console = new Console();
    const now = fieldsOf(await console.get("AMT_GeneralSettings"));
    const answer = await console.put("AMT_GeneralSettings", fields({ ...now, HostName: "new", IdleWakeTimeout: 7 }));
    expect(fieldsOf(answer)).toEqual({ ...now, HostName: "new", IdleWakeTimeout: "7" });
    expect(await console.amthi(GetFqdn, {})).toMatchObject({
      data: { fqdn: "new.example.com", hostNameLength: 3 },
    });
  });
  it("is put in part", async () => {
    const console = new Console();
    await console.put("AMT_GeneralSettings", fields({ HostName: "pc", DomainName: "" }));
    expect(fieldsOf(await console.get("AMT_GeneralSettings"))).toMatchObject({ HostName: "pc", DomainName: "" });
  });
});

describe("AMT_RedirectionService", () => {
  it("switches serial over LAN and IDE redirection, where AMTHI sees it", async () => {
    const console = new Console();
    const input = fields({ RequestedState: 32770 });
    expect(await console.returned("AMT_RedirectionService", "RequestStateChange", input)).toBe(0);
    expect(await console.amthi(GetRedirectionState, {})).toMatchObject({ data: { sol: true, ider: false } });
    const put = await console.put("AMT_RedirectionService", fields({ EnabledState: 32769, ListenerEnabled: false }));
    expect(fieldsOf(put)).toMatchObject({ EnabledState: "32769", ListenerEnabled: "false" });
    expect(await console.amthi(GetSecurityParameters, {})).toMatchObject({
      data: { solEnabled: false, iderEnabled: true },
    });
  });
  it("refuses a state that is none", async () => {
    const input = fields({ RequestedState: 2 });
    expect(await new Console().returned("AMT_RedirectionService", "RequestStateChange", input)).toBe(5);
    await expect(new Console().put("AMT_RedirectionService", fields({ EnabledState: 9 }))).rejects.toThrow(
      "d:InvalidRepresentation",
    );
  });
});

describe("KVM", () => {
  it("is switched off and on", async () => {
    const console = new Console();
    const change = (to: number) =>
      console.returned("CIM_KVMRedirectionSAP", "RequestStateChange", fields({ RequestedState: to }));
    expect([await change(3), await change(9)]).toEqual([0, 5]);
    expect(fieldsOf(await console.get("CIM_KVMRedirectionSAP"))["EnabledState"]).toBe("3");
    await change(2);
    expect(fieldsOf(await console.get("CIM_KVMRedirectionSAP"))["EnabledState"]).toBe("6");
  });
  it("takes a password of eight characters of every kind, and tells it to nobody", async () => {
    const console = new Console("acm");
    const put = (RFBPassword: string) => console.put("IPS_KVMRedirectionSettingData", fields({ RFBPassword }));
    expect(fieldsOf(await put("P@ssw0rd"))["RFBPassword"]).toBe("");
    expect((await console.machine()).settings.rfbPassword).toBe("P@ssw0rd");
    for (const weak of ["P@ssw0r", "P@ssw0rd1", "Password"]) {
      await expect(put(weak)).rejects.toThrow("d:InvalidRepresentation");
    }
  });
  it("has no port 5900 in client control mode", async () => {
    const put = (profile: string) =>
      new Console(profile).put("IPS_KVMRedirectionSettingData", fields({ Is5900PortEnabled: true }));
    await expect(put("activated")).rejects.toThrow("e:AccessDenied");
    expect(fieldsOf(await put("acm"))["Is5900PortEnabled"]).toBe("true");
  });
});

describe("AMT_EthernetPortSettings", () => {
  const own = {
    DHCPEnabled: false,
    IpSyncEnabled: false,
    SharedStaticIp: false,
    IPAddress: "192.0.2.99",
    SubnetMask: "255.255.255.0",
    DefaultGateway: "192.0.2.1",
    PrimaryDNS: "192.0.2.2",
  };
  it("takes an address of its own, which AMTHI tells too", async () => {
    const console = new Console();
    const answer = await console.put("AMT_EthernetPortSettings", fields(own), WIRED);
    expect(fieldsOf(answer)).toMatchObject({ IPAddress: "192.0.2.99", DHCPEnabled: "false", IpSyncEnabled: "false" });
    expect(await console.amthi(GetLanInterfaceSettings, { interface: "wired" })).toMatchObject({
      data: { ipv4: "192.0.2.99", dhcpEnabled: false, dhcpIpMode: "active" },
    });
    const dhcp = { DHCPEnabled: true, IpSyncEnabled: true, SharedStaticIp: false };
    expect(fieldsOf(await console.put("AMT_EthernetPortSettings", fields(dhcp), WIRED))).toMatchObject({
      DHCPEnabled: "true",
      SharedDynamicIP: "true",
    });
  });
  it.each([
    ["an address that is none", { ...own, IPAddress: "192.0.2.256" }],
    ["no gateway", { ...own, DefaultGateway: "" }],
    ["DHCP and the host's static address together", { ...own, DHCPEnabled: true, SharedStaticIp: true }],
    ["an address of its own that is the host's", { ...own, IpSyncEnabled: true }],
  ])("refuses %s", async (_, values) => {
    await expect(new Console().put("AMT_EthernetPortSettings", fields(values), WIRED)).rejects.toThrow(
      "d:InvalidRepresentation",
    );
  });
  it("has one port where there is no wireless one", async () => {
    expect(await new Console("legacy").all("AMT_EthernetPortSettings")).toHaveLength(1);
    expect(await new Console("activated").all("AMT_EthernetPortSettings")).toHaveLength(2);
  });
});

describe("AMT_EnvironmentDetectionSettingData", () => {
  it("has the suffixes of AMTHI, and changes them", async () => {
    const console = new Console();
    const read = fieldsOf(await console.get("AMT_EnvironmentDetectionSettingData"));
    expect(read["DetectionStrings"]).toEqual(["example.com", "corp.example.com"]);
    await console.put("AMT_EnvironmentDetectionSettingData", fields({ DetectionStrings: "a.test" }));
    expect(await console.amthi(GetDnsSuffixList, {})).toMatchObject({ data: { suffixes: ["a.test"] } });
    const six = "<h:DetectionStrings>x</h:DetectionStrings>".repeat(6);
    await expect(console.put("AMT_EnvironmentDetectionSettingData", six)).rejects.toThrow("d:InvalidRepresentation");
  });
});

describe("AMT_TLSSettingData", () => {
  it("counts for AMTHI from CommitChanges on", async () => {
    const console = new Console();
    await console.put("AMT_TLSSettingData", fields({ Enabled: true, TrustedCN: "a.test" }), REMOTE);
    expect(fieldsOf(await console.get("AMT_TLSSettingData", REMOTE))).toMatchObject({
      Enabled: "true",
      TrustedCN: "a.test",
    });
    expect(await console.amthi(GetSecurityParameters, {})).toMatchObject({ data: { tlsEnabled: false } });
    await console.returned("AMT_SetupAndConfigurationService", "CommitChanges");
    expect(await console.amthi(GetSecurityParameters, {})).toMatchObject({ data: { tlsEnabled: true } });
  });
  it("of AMT 19 knows no other way", async () => {
    const console = new DirectConsole("tls-only");
    expect(fieldsOf(await console.get("AMT_TLSSettingData", REMOTE))).toMatchObject({
      Enabled: "true",
      NonSecureConnectionsSupported: "false",
    });
    for (const values of [{ Enabled: false }, { AcceptNonSecureConnections: true }]) {
      await expect(console.put("AMT_TLSSettingData", fields(values), REMOTE)).rejects.toThrow(
        "d:InvalidRepresentation",
      );
    }
  });
});

describe("AMT_PublicKeyCertificate", () => {
  it("holds what the ports of AMT 19 show, and lets go of it when it is not in use", async () => {
    const console = new DirectConsole("tls-only");
    const [leaf, authority] = (await console.all("AMT_PublicKeyCertificate")).map(fieldsOf);
    const identity = await console.simulator.me.amt!.identity();
    expect(leaf).toMatchObject({ X509Certificate: identity.leaf.der, TrustedRootCertficate: "false" });
    expect(authority).toMatchObject({ X509Certificate: identity.authority.der, TrustedRootCertficate: "true" });
    expect(leaf!["Issuer"]).toBe(authority!["Subject"]);
    const keys = { InstanceID: "Intel(r) AMT Certificate: Handle: 0" };
    await expect(console.delete("AMT_PublicKeyCertificate", keys)).rejects.toThrow("AccessDenied");
    const held = reference("AMT_PublicKeyCertificate", keys);
    await expect(
      console.create("AMT_TLSCredentialContext", `<h:ElementInContext>${held}</h:ElementInContext>`),
    ).rejects.toThrow("e:AlreadyExists");
    (await console.machine()).certificates.inUse = undefined;
    await console.delete("AMT_PublicKeyCertificate", keys);
    expect(await console.all("AMT_PublicKeyCertificate")).toHaveLength(1);
  });
});

describe("AMT_TimeSynchronizationService", () => {
  it("sets the clock that the event log goes by", async () => {
    const clock = new ManualClock();
    const console = new Console("activated", { clock });
    const { time } = await console.machine();
    const read = async () => {
      const answer = await console.body(amt.TimeSynchronizationService.GetLowAccuracyTimeSynch());
      return Number(fieldsOf(answer)["Ta0"]);
    };
    const before = await read();
    await clock.advance(10_000);
    const wanted = before + 5000;
    const answer = await console.body(
      amt.TimeSynchronizationService.SetHighAccuracyTimeSynch(before, wanted - 10, wanted),
    );
    expect(fieldsOf(answer)["ReturnValue"]).toBe("0");
    expect(Math.abs(await read() - wanted)).toBeLessThanOrEqual(1);
    expect(Math.floor(time.now() / 1000)).toBe(await read());
    expect(fieldsOf(await console.get("AMT_TimeSynchronizationService"))["TimeSource"]).toBe("1");
  });
  it("refuses a time that runs backwards", async () => {
    const input = fields({ Ta0: 1, Tm1: 20, Tm2: 10 });
    expect(await new Console().returned("AMT_TimeSynchronizationService", "SetHighAccuracyTimeSynch", input)).toBe(34);
  });
});

describe("AMT_AlarmClockService.AddAlarm", () => {
  const add = async (console: Console, name: string, start = "2099-01-02T03:04:31Z", interval = "P1DT2H3M") => {
    const cim = "http://schemas.dmtf.org/wbem/wscim/1/common";
    const template = fields({
      InstanceID: name,
      ElementName: "wake",
      StartTime: `<c:Datetime xmlns:c="${cim}">${start}</c:Datetime>`,
      Interval: `<c:Interval xmlns:c="${cim}">${interval}</c:Interval>`,
      DeleteOnCompletion: true,
    });
    return await console.returned(
      "AMT_AlarmClockService",
      "AddAlarm",
      `<h:AlarmTemplate>${template}</h:AlarmTemplate>`,
    );
  };
  it("sets an alarm, rounded to minutes, that can be deleted", async () => {
    const console = new Console();
    expect(await add(console, "one")).toBe(0);
    const [set] = await console.all("IPS_AlarmClockOccurrence");
    expect(fieldsOf(set!)).toMatchObject({ InstanceID: "one", ElementName: "wake", DeleteOnCompletion: "true" });
    const start = set!.children.find(({ name }) => name === "StartTime")!.children[0]!;
    expect([start.name, start.namespace, start.text]).toEqual([
      "Datetime",
      "http://schemas.dmtf.org/wbem/wscim/1/common",
      "2099-01-02T03:05:00Z",
    ]);
    expect(set!.children.find(({ name }) => name === "Interval")!.children[0]!.text).toBe("P1DT2H3M");
    await console.delete("IPS_AlarmClockOccurrence", { InstanceID: "one" });
    expect(await console.all("IPS_AlarmClockOccurrence")).toEqual([]);
  });
  it.each([["a time that is past", "2001-01-01T00:00:00Z", ""], ["no time", "soon", ""], [
    "no span",
    "2099-01-01T00:00:00Z",
    "weekly",
  ]])("refuses %s", async (_, start, interval) => {
    expect(await add(new Console(), "one", start, interval)).toBe(36);
  });
  it("refuses a name that is taken, and more than it can hold", async () => {
    const console = new Console();
    expect([await add(console, "a"), await add(console, "a")]).toEqual([0, 2058]);
    for (const name of "bcde") expect(await add(console, name)).toBe(0);
    expect(await add(console, "f")).toBe(23);
  });
});
