import { describe, expect, it } from "vitest";
import { checkReturn } from "../../../protocols/wsman/returns.ts";
import { readEnvelope } from "../../../protocols/wsman/envelope.ts";
import { xmlElement } from "../../../protocols/wsman/xml/element.ts";
import { recordedAnswers } from "./recorded.ts";

const output = (value: string) => xmlElement("urn:x", "X_OUTPUT", [xmlElement("urn:x", "ReturnValue", value)]);

describe("checkReturn", () => {
  it.each([
    ["AMT_AuditLog", "ClearLog", "0"],
    ["CIM_PowerManagementService", "RequestPowerStateChange", " 0\n"],
    ["CIM_PowerManagementService", "RequestPowerStateChange", "4096"],
  ])("takes what %s.%s returns when it is %s", (className, method, value) => {
    expect(() => checkReturn(className, method, output(value))).not.toThrow();
  });

  /** Numbers and names: wsman.md 1.4 (PT_STATUS) and 3.2 (the power service's own). */
  it.each([
    ["AMT_SetupAndConfigurationService", "SetMEBxPassword", 2054, "INVALID_PASSWORD"],
    ["AMT_AuthorizationService", "AddUserAclEntryEx", 36, "INVALID_PARAMETER"],
    ["AMT_AuditLog", "SetAuditLock", 2076, "BLOCKING_COMPONENT"],
    ["CIM_PowerManagementService", "RequestPowerStateChange", 4099, "BUSY"],
    ["IPS_OptInService", "SendOptInCode", 3, "BLOCKED"],
    ["IPS_HostBasedSetupService", "Setup", 5, "AUTHENTICATION_FAILED"],
    ["AMT_AuditLog", "ClearLog", 77777, undefined],
    ["AMT_AuditLog", "ClearLog", 4096, undefined],
  ])("%s.%s = %i is firmware.refused with the name %s", (className, method, returnValue, name) => {
    const message = name === undefined ? `ReturnValue ${returnValue}` : `${name} (${returnValue}): `;
    expect(() => checkReturn(className, method, output(String(returnValue)))).toThrow(expect.objectContaining({
      code: "firmware.refused",
      message: expect.stringContaining(`${className}.${method}: ${message}`),
      details: { class: className, method, returnValue, name },
    }));
  });

  it("2081 is consent.needed", () => {
    expect(() => checkReturn("CIM_BootService", "SetBootConfigRole", output("2081"))).toThrow(
      expect.objectContaining({
        code: "consent.needed",
        message: expect.stringContaining("CIM_BootService.SetBootConfigRole: USER_CONSENT_REQUIRED (2081): "),
      }),
    );
  });

  it.each(["", "x", "-1", "1.5", "0x10", "99999999999"])(
    "the ReturnValue %j is firmware.protocol, and indeterminate of a method that changes something",
    (value) => {
      expect(() => checkReturn("AMT_AuditLog", "ClearLog", output(value))).toThrow(
        expect.objectContaining({
          code: "indeterminate",
          message: "AMT_AuditLog.ClearLog: an answer without a ReturnValue",
        }),
      );
      expect(() => checkReturn("AMT_AuditLog", "ReadRecords", output(value))).toThrow(
        expect.objectContaining({ code: "firmware.protocol" }),
      );
    },
  );

  it("an output without a ReturnValue is the same", () => {
    expect(() => checkReturn("AMT_AuditLog", "ClearLog", xmlElement("", "ClearLog_OUTPUT")))
      .toThrow(expect.objectContaining({ code: "indeterminate" }));
  });

  // DMTF CIM_BootService: 5 is Invalid Parameter, which AMT's own table calls something else.
  it("a method of CIM's is told in CIM's words", () => {
    expect(() => checkReturn("CIM_BootService", "SetBootConfigRole", output("5")))
      .toThrow(expect.objectContaining({ message: expect.stringContaining("INVALID_PARAMETER (5)") }));
  });
});

const recorded = recordedAnswers();

describe.skipIf(recorded.length === 0)("recorded outputs (skipped without AMTCTL_FIXTURES)", () => {
  it("checkReturn takes all but the one that was refused and those without a ReturnValue", async () => {
    const refused: string[] = [];
    let taken = 0;
    for (const { name, bytes } of recorded) {
      const [content] = (await readEnvelope(bytes)).body.children;
      if (!content?.name.endsWith("_OUTPUT")) continue;
      const [, className, method] = /(\w+)$/.exec(content.namespace)!.concat(content.name.replace("_OUTPUT", ""));
      try {
        checkReturn(className!, method!, content);
        taken++;
      } catch (error) {
        refused.push(`${name}: ${(error as Error).message}`);
      }
    }
    expect(taken).toBeGreaterThanOrEqual(28);
    expect(refused).toEqual([
      "amt/setupandconfiguration/getuuid-bad: AMT_SetupAndConfigurationService.GetUuid: an answer without a ReturnValue",
      "amt/setupandconfiguration/getuuid: AMT_SetupAndConfigurationService.GetUuid: an answer without a ReturnValue",
      "ips/optin/startoptin: IPS_OptInService.StartOptIn: INVALID_STATE (2): consent is not at this point",
    ]);
  });
});
