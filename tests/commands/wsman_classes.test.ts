import { describe, expect, it } from "vitest";
import { amtctl, amtctlJson } from "./wsman_cli.ts";

const names = (answer: { classes: { name: string }[] }) => answer.classes.map(({ name }) => name);

describe("wsman classes", () => {
  it("lists all classes that are declared, in alphabetical order", async () => {
    const { code, answer } = await amtctlJson(["wsman", "classes"]);
    expect(code).toBe(0);
    expect(names(answer)).toEqual(names(answer).toSorted());
    expect(names(answer)).toEqual(expect.arrayContaining(["AMT_GeneralSettings", "CIM_Chassis", "IPS_OptInService"]));
    expect(names(answer).length).toBeGreaterThan(100);
  });

  it.each([
    ["AMT_GeneralSettings", ["AMT_GeneralSettings"]],
    ["cim_chip", ["CIM_Chip"]],
    ["optin", ["IPS_OptInService"]],
    ["AMT_*Log", ["AMT_AuditLog", "AMT_MessageLog"]],
    ["*kvm*", ["CIM_KVMRedirectionSAP", "IPS_KVMRedirectionSettingData"]],
  ])("finds by %s", async (pattern, found) => {
    expect(names((await amtctlJson(["wsman", "classes", pattern])).answer)).toEqual(found);
  });

  it("shows one class whole: keys, fields with types, methods with parameters", async () => {
    const { answer } = await amtctlJson(["wsman", "classes", "IPS_KVMRedirectionSettingData"]);
    expect(answer.classes[0]).toMatchObject({ keys: ["InstanceID"], single: true });
    expect(answer.classes[0].fields).toContainEqual(
      { name: "RFBPassword", type: "text", list: false, secret: true, embedded: null },
    );
    const { out } = await amtctl(["wsman", "classes", "CIM_BootService"]);
    expect(out).toMatch(/^http:\/\/schemas\.dmtf\.org\/wbem\/wscim\/1\/cim-schema\/2\/CIM_BootService$/m);
    expect(out).toContain(
      "SetBootConfigRole(BootConfigSetting: reference, Role: uint16)\n  Job: reference, ReturnValue: uint32",
    );
  });

  it("refuses a pattern that nothing is like, with what may have been meant", async () => {
    const { code, error } = await amtctlJson(["wsman", "classes", "AMT_GenralSettings"]);
    expect([code, error.code, error.hint]).toEqual([2, "usage", "Did you mean AMT_GeneralSettings?"]);
    expect((await amtctlJson(["wsman", "classes", "[(+"])).code).toBe(2);
  });
});
