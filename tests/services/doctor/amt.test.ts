import { describe, expect, it } from "vitest";
import { checkActivation } from "../../../services/doctor/activation.ts";
import { checkOperationalState, checkProvisioning, checkTls } from "../../../services/doctor/amt.ts";
import { checkLink, checkLocalManagement } from "../../../services/doctor/network.ts";
import { type CertificateHash, emptyInterface, type Status } from "../../../services/status/status.ts";
import { treeHost } from "../tree_host.ts";
import { lan, named, status } from "./facts.ts";

const capabilities = (amtEnabled: boolean) => ({
  amtCapable: true,
  amtEnabled,
  capable: [],
  enabled: [],
  available: [],
});
const unavailable = (field: string) => [{ field, reason: "mei_wdt holds the WD client" }];
const post = named("post" as const, 2);
const pre = named("pre" as const);

describe("checkOperationalState", () => {
  it("says whether AMT is enabled and who may change it", () => {
    const enabled = status({ operationalState: named("enabled" as const), operationalStateChangeAllowed: false });
    expect(checkOperationalState(enabled)).toEqual({
      verdict: "ok",
      finding: "enabled in the firmware setup; the operating system may not change that",
    });
    const disabled = status({ operationalState: named("disabled" as const), operationalStateChangeAllowed: true });
    expect(checkOperationalState(disabled)).toMatchObject({
      verdict: "attention",
      finding: "disabled in the firmware setup; the operating system may change that",
    });
  });
  it("goes by MKHI when the WD client cannot be asked, and gives the reason when neither can", () => {
    expect(checkOperationalState(status({ capabilities: capabilities(true) })).verdict).toBe("ok");
    expect(checkOperationalState(status({ capabilities: capabilities(false) })).verdict).toBe("attention");
    const nothing = status({ unavailable: unavailable("operationalState") });
    expect(checkOperationalState(nothing)).toEqual({ verdict: "unknown", finding: "mei_wdt holds the WD client" });
  });
});

describe("checkProvisioning", () => {
  it.each<[Partial<Status>, string, string]>([
    [{ provisioningState: post, controlMode: named("client", 1) }, "ok", "activated, client"],
    [{ provisioningState: post, controlMode: null }, "ok", "activated, control mode unknown"],
    [{ provisioningState: post, controlMode: named("none") }, "note", "activated, and in no control mode"],
    [{ provisioningState: pre, controlMode: named("none") }, "note", "not activated (pre-provisioning)"],
    [{ provisioningState: named("in", 1) }, "note", "between not activated and activated (in)"],
    [{ provisioningState: named<"pre">(null, 9) }, "note", "between not activated and activated (9)"],
    [{ unavailable: unavailable("provisioningState") }, "unknown", "mei_wdt holds the WD client"],
  ])("tells %j", (changes, verdict, finding) => {
    expect(checkProvisioning(status(changes))).toMatchObject({ verdict, finding });
  });
});

describe("checkTls", () => {
  it.each<[boolean | null, string | null, string]>([
    [true, "16.1.25", "note"],
    [false, "19.0.5", "ok"],
    [null, "19.0.5", "note"],
    [null, "16.1.25", "unknown"],
    [null, "9.5.40", "ok"],
    [null, null, "unknown"],
  ])("with what the firmware says (%j) and its release (%j) is %s", (tlsEnforcedLocally, amtVersion, verdict) => {
    expect(checkTls(status({ tlsEnforcedLocally, amtVersion })).verdict).toBe(verdict);
  });
  it("says what programs need", () => {
    expect(checkTls(status({ tlsEnforcedLocally: true })).fix).toContain("16993");
  });
});

describe("checkLink", () => {
  const down = named("down" as const);
  const activated = (...interfaces: ReturnType<typeof lan>[]) =>
    checkLink(status({ provisioningState: post, lan: interfaces }));
  it("is ok when an interface has link and address", () => {
    expect(activated(lan(), lan({ interface: "wireless", macAddress: null }))).toEqual({
      verdict: "ok",
      finding: "wired: link up, DHCP (passive), 192.0.2.10",
    });
    expect(activated(lan({ ipAddress: null, ipv6Addresses: ["2001:db8::1"] })).verdict).toBe("ok");
    expect(activated(lan({ link: down }), lan({ interface: "wireless" })).verdict).toBe("ok");
  });
  it("tells no interface, no link and no address apart", () => {
    const none = activated(lan({ macAddress: null }));
    const unplugged = activated(lan({ link: down }));
    const address = activated(lan({ ipAddress: null }));
    const fixed = activated(lan({ ipAddress: null, dhcp: { enabled: false, mode: null } }));
    const found = [none, unplugged, address, fixed];
    expect(found.map(({ verdict }) => verdict)).toEqual(Array(4).fill("attention"));
    expect(new Set(found.map(({ fix }) => fix)).size).toBe(4);
  });
  it("takes none of this for urgent before AMT is activated", () => {
    for (const each of [lan({ macAddress: null }), lan({ link: down }), lan({ ipAddress: null })]) {
      expect(checkLink(status({ provisioningState: pre, lan: [each] })).verdict).toBe("note");
    }
  });
  it("is a note when AMT and the operating system have different leases", () => {
    expect(activated(lan({ hostAddress: "192.0.2.77" }))).toMatchObject({
      verdict: "note",
      finding: expect.stringContaining("192.0.2.77"),
    });
    const fixed = lan({ hostAddress: "192.0.2.77", dhcp: { enabled: false, mode: null } });
    expect(activated(fixed).verdict).toBe("ok");
    expect(activated(lan({ hostAddress: "2001:db8::7" })).verdict).toBe("ok");
  });
  it("is unknown when the firmware tells of no interface", () => {
    const missing = { unavailable: unavailable("lan.0") };
    expect(checkLink(status(missing)).finding).toBe("mei_wdt holds the WD client");
    const both = [emptyInterface("wired"), emptyInterface("wireless")];
    expect(checkLink(status({ ...missing, lan: both })).finding).toBe("mei_wdt holds the WD client");
  });
});

describe("checkLocalManagement", () => {
  it("says what a local management service means when it runs, and when none does", () => {
    const runs = checkLocalManagement(treeHost({}, { processes: [{ pid: 742, name: "lms" }] }));
    expect(runs).toMatchObject({ verdict: "ok", finding: expect.stringContaining("process lms (742)") });
    expect(checkLocalManagement(treeHost({}))).toMatchObject({ verdict: "note" });
  });
});

describe("checkActivation", () => {
  const hash = (active: boolean): CertificateHash => ({
    name: "Example Root",
    algorithm: named("SHA256" as const, 2),
    hash: "00".repeat(32),
    active,
    default: true,
  });
  const ready: Partial<Status> = {
    provisioningState: pre,
    controlMode: named("none" as const),
    certificateHashes: [hash(true), hash(false)],
    dnsSuffix: { amt: "", host: "corp.example" },
  };
  it("is ok when both control modes are possible", () => {
    expect(checkActivation(status(ready))).toMatchObject({
      verdict: "ok",
      finding: expect.stringContaining("1 active root hashes and the DNS suffix corp.example (the operating system's)"),
    });
    const own = status({ ...ready, dnsSuffix: { amt: "amt.example", host: "corp.example" } });
    expect(checkActivation(own).finding).toContain("amt.example (set in AMT)");
  });
  it("says what admin control mode lacks", () => {
    const noHash = checkActivation(status({ ...ready, certificateHashes: [hash(false)] }));
    const noSuffix = checkActivation(status({ ...ready, dnsSuffix: { amt: null, host: null } }));
    expect(noHash).toMatchObject({ verdict: "note", finding: expect.stringContaining("no active root") });
    expect(noSuffix).toMatchObject({ verdict: "note", fix: expect.stringContaining("option 15") });
    expect(noHash.fix).not.toBe(noSuffix.fix);
  });
  it("needs neither with embedded host based configuration", () => {
    expect(checkActivation(status({ ...ready, certificateHashes: null, ehbcEnabled: true })).verdict).toBe("ok");
  });
  it("is unknown when the hashes could not be read", () => {
    const failed = status({ ...ready, certificateHashes: null, unavailable: unavailable("certificateHashes") });
    expect(checkActivation(failed)).toMatchObject({ verdict: "unknown", finding: expect.stringContaining("mei_wdt") });
  });
  it("says that client control mode is unknown when the firmware does not know it", () => {
    expect(checkActivation(status({ ...ready, controlMode: null })).finding).toContain("6.2");
  });
  it("is not checked when AMT is activated", () => {
    expect(checkActivation(status({ ...ready, provisioningState: post })).verdict).toBe("skipped");
  });
});
