import { describe, expect, it } from "vitest";
import { AmtError, type ErrorCode } from "../../../core/errors/mod.ts";
import { checkAmtClient } from "../../../services/doctor/amt_client.ts";
import { checkHfsts, generation } from "../../../services/doctor/hfsts.ts";
import { firmwareStatus } from "../../../services/firmware_status.ts";
import type { Status } from "../../../services/status/status.ts";
import { treeHost } from "../tree_host.ts";
import { facts, named, status, withRegisters } from "./facts.ts";

// HFSTS1 of a running ME 16.1 and of an ME with the HAP bit set: fwupd plugins/intel-me-pci/tests and its self tests.
const RUNS = 0x9000_0245;
const HAP = 0x8002_2054;
const CONSUMER = 0x20;
const CORPORATE = 0x30;
const LITE = 0x50;
const SPS = 0x60;

const contact = (code: ErrorCode, details = {}) => new AmtError(code, `AMTHI: ${code}`, { details });
const capabilities = (amtCapable: boolean, amtEnabled: boolean | null): Status["capabilities"] => ({
  amtCapable,
  amtEnabled,
  capable: [],
  enabled: [],
  available: [],
});
const notOffered = (registers: readonly number[], capable: Status["capabilities"] = null) =>
  checkAmtClient(
    withRegisters(
      facts("disabled", { contact: contact("amt.disabled"), status: status({ capabilities: capable }) }),
      registers,
    ),
  );

describe("checkAmtClient", () => {
  it.each<[string, readonly number[], Status["capabilities"], string, string]>([
    ["AMT is off in MEBx", [RUNS, 0, CORPORATE], capabilities(true, false), "AMT is switched off", "MEBx"],
    ["it is consumer firmware", [RUNS, 0, CONSUMER], capabilities(false, false), "consumer firmware", "corporate"],
    ["the maker disabled AMT", [RUNS, 0, CORPORATE], capabilities(false, false), "not capable of AMT", "maker"],
    ["the HAP bit is set", [HAP, 0, CORPORATE], null, "switched off by the HAP bit", "BIOS setup"],
    ["the ME is in recovery", [0x9000_0242, 0, CORPORATE], null, "does not run: recovery", "off power"],
    ["AMT restarts", [RUNS, 0, CORPORATE], capabilities(true, true), "it should be there", "Try again"],
  ])("says which cause this machine shows when %s", (_case, registers, capable, seen, fix) => {
    const found = notOffered(registers, capable);
    expect(found.verdict).toBe("attention");
    expect(found.finding).toMatch(/^the firmware does not offer the AMTHI client; /);
    expect(found.finding).toContain(seen);
    expect(found.fix).toContain(fix);
  });
  it("lists all causes, the likeliest first, when nothing is known", () => {
    const { finding, causes } = notOffered([]);
    expect(finding).toBe("the firmware does not offer the AMTHI client");
    const told = ["MEBx", "consumer firmware", "recovery", "HAP bit", "the maker disabled", "restarts"];
    expect(causes).toEqual(told.map((word) => expect.stringContaining(word)));
  });
  it("leaves out the causes that this machine rules out", () => {
    expect(notOffered([RUNS, 0, CORPORATE]).causes).toEqual(
      ["MEBx", "the maker disabled", "restarts"].map((word) => expect.stringContaining(word)),
    );
    expect(notOffered([RUNS, 0, CORPORATE], capabilities(true, false)).causes).toHaveLength(1);
  });
  it("takes firmware of every kind that has no AMT for what it is", () => {
    for (const third of [CONSUMER, LITE, SPS]) {
      expect(notOffered([RUNS, 0, third]).finding).toContain("which comes without AMT");
    }
    expect(notOffered([RUNS, 0, 0]).causes![0]).toContain("MEBx");
  });
  it("takes a third register of zero for no kind of firmware when its version is unknown", () => {
    const { device, ...rest } = facts("disabled", { contact: contact("amt.disabled") });
    const node = { ...device!.node!, firmwareStatus: [0x1e00_0245, 0x6000_0106, 0, 0, 0, 0], firmwareVersions: [] };
    const { causes } = checkAmtClient({ ...rest, device: { ...device!, node } });
    expect(causes![0]).toContain("MEBx");
  });
  it("never says that there is no AMT", () => {
    for (const first of [RUNS, HAP, 0x9000_0242]) {
      for (const third of [CONSUMER, CORPORATE, 0]) {
        for (const capable of [null, capabilities(true, false), capabilities(false, false)]) {
          const found = notOffered([first, 0, third], capable);
          expect([found.finding, ...found.causes!, found.fix].join("\n")).not.toMatch(/\bno AMT\b|AMT is absent/i);
        }
      }
    }
  });
  it("is ok when AMTHI answers, and when it is in use", () => {
    const answered = facts("activated", { contact: "connected", status: status({ amtVersion: "16.1.25" }) });
    expect(checkAmtClient(answered)).toEqual({ verdict: "ok", finding: "AMTHI answers: AMT 16.1.25" });
    expect(checkAmtClient(facts("activated", { contact: contact("mei.busy") })).verdict).toBe("ok");
    const older = status({ provisioningState: named("pre" as const) });
    expect(checkAmtClient(facts("activated", { contact: "connected", status: older })).verdict).toBe("ok");
  });
  it("needs attention when AMTHI connects and answers nothing", () => {
    const empty = status({ unavailable: [{ field: "amtVersion", reason: "the firmware's answer is empty" }] });
    const found = checkAmtClient(facts("activated", { contact: "connected", status: empty }));
    expect(found.finding).toBe("AMTHI takes connections and answers nothing of use: the firmware's answer is empty");
    expect(found).toMatchObject({
      verdict: "attention",
      causes: expect.arrayContaining([expect.stringContaining("MEBx")]),
    });
  });
  it("goes by the kernel's list when it may not connect", () => {
    const denied = { contact: contact("mei.permission") };
    expect(checkAmtClient(facts("activated+no-permission", denied)).verdict).toBe("ok");
    const hidden = checkAmtClient(facts("disabled+no-permission", denied));
    expect(hidden).toMatchObject({ verdict: "unknown", fix: expect.stringContaining("sudo") });
    expect(hidden.causes!.at(-1)).toContain("several connections");
    expect(checkAmtClient(facts("no-amt+no-permission", denied)).verdict).toBe("attention");
  });
  it("goes by the kernel's list when the node is open too often to be opened", () => {
    const tooOften = { contact: contact("mei.busy", { call: "open" }) };
    expect(checkAmtClient(facts("activated", tooOften)).verdict).toBe("ok");
    expect(checkAmtClient(facts("disabled", tooOften)).verdict).toBe("unknown");
    expect(
      checkAmtClient(facts("activated", { ...tooOften, device: { name: "x", path: "x", node: undefined } })).verdict,
    )
      .toBe("unknown");
  });
  it.each<ErrorCode>(["mei.notReady", "mei.reset", "timeout", "firmware.protocol"])("passes on %s", (code) => {
    const found = checkAmtClient(facts("activated", { contact: contact(code) }));
    expect(found).toMatchObject({ verdict: "attention", finding: `AMTHI could not be asked: AMTHI: ${code}` });
    expect(found.fix).toBe(contact(code).hint);
  });
});

describe("checkHfsts", () => {
  it("is ok for a running ME, and says what kind of firmware it is", () => {
    expect(checkHfsts(facts("no-amt"))).toEqual({
      verdict: "ok",
      finding: "working state: normal, consumer firmware",
    });
  });
  it("reads registers by the same layout as amtctl hfsts, by the host bus messages where no version is known", () => {
    const before = facts("legacy");
    expect(generation(before.device!.node, undefined)).toBe("me");
    expect(firmwareStatus(before.device!.node).generation).toBe("me");
    const csme = status({ firmwareVersions: ["11.8.93.4323"] });
    expect(generation({ ...before.device!.node!, hbmVersion: "2.0" }, csme)).toBe("csme11");
  });
  it("needs attention when the ME is off or ill", () => {
    expect(checkHfsts(withRegisters(facts("activated"), [HAP]))).toMatchObject({ verdict: "attention" });
    const found = checkHfsts(withRegisters(facts("activated"), [0x9000_0242]));
    expect(found.finding).toContain("HFSTS1 workingState: recovery");
    expect(found.fix).toContain("firmware");
  });
  it("is a note for what AMT works with", () => {
    // Bit 4 from CSME 16 on: the flash descriptor is open.
    const found = checkHfsts(withRegisters(facts("activated"), [0x9000_0255]));
    expect(found).toMatchObject({ verdict: "note", finding: expect.stringContaining("flashDescriptorOpen") });
  });
  it("is unknown without registers, and not checked without a node", () => {
    expect(checkHfsts(withRegisters(facts("activated"), [])).verdict).toBe("unknown");
    expect(checkHfsts({ ...facts("activated"), host: treeHost({}), device: undefined }).verdict).toBe("skipped");
  });
});
