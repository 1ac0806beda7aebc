import { AMT, CIM, IPS } from "@device-management-toolkit/wsman-messages";
import { describe, expect, it } from "vitest";
import type { XmlElement } from "../../../protocols/wsman/xml/element.ts";
import { bodyElement, child, Console, DirectConsole } from "./console.ts";
import { hasRecordings, recording, whySkipped } from "./fixtures.ts";

const amt = new AMT.Messages();
const cim = new CIM.Messages();
const ips = new IPS.Messages();

/** Requests of an independent program. */
interface Enumerable {
  Enumerate(): string;
  Pull(context: string): string;
}

/** Fields that only the recording has, and only the simulator: machines and releases differ. */
interface Difference {
  readonly recorded?: readonly string[];
  readonly simulated?: readonly string[];
}

const recovery = ["AMTSecureBootControl", "ForceUEFIHTTPSBoot", "ForceUEFILocalPBABoot", "ForceWinREBoot"];

/** Recorded instances by path, the request for the same class, and what differs. */
const gets: [path: string, request: () => string, difference?: Difference][] = [
  ["amt/authorization/get.xml", () => amt.AuthorizationService.Get()],
  ["amt/boot/capabilities/get.xml", () => amt.BootCapabilities.Get(), { simulated: [...recovery, "PlatformErase"] }],
  ["amt/boot/settingdata/get.xml", () => amt.BootSettingData.Get()],
  ["amt/setupandconfiguration/get.xml", () => amt.SetupAndConfigurationService.Get()],
  ["amt/timesynchronization/get.xml", () => amt.TimeSynchronizationService.Get()],
  ["cim/boot/configsetting/get.xml", () => cim.BootConfigSetting.Get()],
  ["cim/boot/service/get.xml", () => cim.BootService.Get()],
  ["cim/card/get.xml", () => cim.Card.Get()],
  ["cim/chip/get.xml", () => cim.Chip.Get()],
  ["cim/kvm/get.xml", () => cim.KVMRedirectionSAP.Get()],
  ["cim/physical/processor/get.xml", () => cim.Processor.Get()],
  ["cim/power/managementservice/get.xml", () => cim.PowerManagementService.Get()],
  ["ips/hostbasedsetup/get.xml", () => ips.HostBasedSetupService.Get()],
];

/** The same for Enumerate and Pull; fields are those of all instances together. */
const pulls: [path: string, messages: Enumerable, difference?: Difference][] = [
  ["amt/alarmclock/pull.xml", amt.AlarmClockService],
  ["amt/authorization/pull.xml", amt.AuthorizationService],
  ["amt/environmentdetection/pull.xml", amt.EnvironmentDetectionSettingData],
  ["amt/ethernetport/pull.xml", amt.EthernetPortSettings, { simulated: ["IPAddress", "SecondaryDNS"] }],
  ["amt/redirectionservice/pull.xml", amt.RedirectionService],
  ["amt/timesynchronization/pull.xml", amt.TimeSynchronizationService],
  ["amt/tls/settingdata/pull.xml", amt.TLSSettingData, { simulated: ["NonSecureConnectionsSupported"] }],
  ["cim/boot/configsetting/pull.xml", cim.BootConfigSetting],
  ["cim/boot/service/pull.xml", cim.BootService],
  ["cim/boot/sourcesetting/pull.xml", cim.BootSourceSetting, { simulated: ["BIOSBootString"] }],
  ["cim/card/pull.xml", cim.Card],
  ["cim/chassis/pull.xml", cim.Chassis],
  ["cim/kvm/pull.xml", cim.KVMRedirectionSAP],
  ["cim/physical/memory/pull.xml", cim.PhysicalMemory],
  ["cim/physical/processor/pull.xml", cim.Processor],
  ["cim/power/managementservice/pull.xml", cim.PowerManagementService],
  ["cim/service/availabletoelement/pull.xml", cim.ServiceAvailableToElement],
  ["cim/software/identity/pull.xml", cim.SoftwareIdentity],
  ["cim/system/packaging/pull.xml", cim.SystemPackaging],
];

/** What methods returned. */
const methods: [path: string, request: () => string, difference?: Difference][] = [
  ["amt/authorization/enumerateuseraclentries.xml", () => amt.AuthorizationService.EnumerateUserAclEntries(1)],
  ["amt/authorization/getuseraclentryex.xml", () => amt.AuthorizationService.GetUserAclEntryEx(1)],
  ["amt/messagelog/getrecords.xml", () => amt.MessageLog.GetRecords(1)],
  ["amt/messagelog/positiontofirstrecord.xml", () => amt.MessageLog.PositionToFirstRecord()],
  ["amt/setupandconfiguration/commitchanges.xml", () => amt.SetupAndConfigurationService.CommitChanges()],
  // The recorded answer has no ReturnValue; Intel's description of the method has one.
  ["amt/setupandconfiguration/getuuid.xml", () => amt.SetupAndConfigurationService.GetUuid(), {
    simulated: ["ReturnValue"],
  }],
  [
    "amt/timesynchronization/getlowaccuracytimesynch.xml",
    () => amt.TimeSynchronizationService.GetLowAccuracyTimeSynch(),
  ],
  ["cim/boot/configsetting/changebootorder.xml", () => cim.BootConfigSetting.ChangeBootOrder()],
  ["ips/optin/startoptin.xml", () => ips.OptInService.StartOptIn()],
];

describe.skipIf(!hasRecordings)(`answers to the requests of wsman-messages${whySkipped}`, () => {
  it.each(gets)("have the fields and the order of %s", async (path, request, difference = {}) => {
    const recorded = await bodyElement(recording(path));
    const answer = await new Console().body(request());
    expect([answer.name, answer.namespace]).toEqual([recorded.name, recorded.namespace]);
    compare([answer], [recorded], difference);
    expect(namesOf(answer)).toEqual([...namesOf(answer)].sort());
  });

  it.each(pulls)("have the instances of %s", async (path, messages, difference = {}) => {
    const recorded = itemsOf(await bodyElement(recording(path)));
    const console = new Console();
    const opened = await console.body(messages.Enumerate());
    const answer = itemsOf(await console.body(messages.Pull(child(opened, "EnumerationContext"))));
    expect(new Set(answer.map(({ name }) => name))).toEqual(new Set(recorded.map(({ name }) => name)));
    expect(answer[0]!.namespace).toBe(recorded[0]!.namespace);
    compare(answer, recorded, difference);
  });

  it.each(methods)("have the outputs of %s", async (path, request, difference = {}) => {
    const console = new Console();
    (await console.machine()).boot.start();
    const recorded = await bodyElement(recording(path));
    const answer = await console.body(request());
    expect(answer.name).toBe(recorded.name);
    compare([answer], [recorded], difference);
  });

  it("to Create of AMT_TLSCredentialContext refers to it as the recorded one", async () => {
    const console = new DirectConsole("tls-only");
    (await console.machine()).certificates.inUse = undefined;
    const answer = await console.body(amt.TLSCredentialContext.Create("Intel(r) AMT Certificate: Handle: 0"));
    const recorded = await bodyElement(recording("amt/tls/credentialcontext/create.xml"));
    const text = JSON.stringify(recorded).replace("testCertificate", "Intel(r) AMT Certificate: Handle: 0");
    expect(answer).toEqual(JSON.parse(text));
  });
});

function compare(
  answers: readonly XmlElement[],
  recorded: readonly XmlElement[],
  { recorded: gone = [], simulated: more = [] }: Difference,
): void {
  const ours = new Set(answers.flatMap(namesOf));
  const theirs = new Set(recorded.flatMap(namesOf));
  expect([...theirs].filter((name) => !ours.has(name)).sort()).toEqual([...gone].sort());
  expect([...ours].filter((name) => !theirs.has(name)).sort()).toEqual([...more].sort());
}

function namesOf({ children }: XmlElement): string[] {
  return children.map(({ name }) => name);
}

function itemsOf(pulled: XmlElement): readonly XmlElement[] {
  return pulled.children.find(({ name }) => name === "Items")!.children;
}
