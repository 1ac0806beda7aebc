import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { amtctl, amtctlJson, folder, served } from "./wsman_cli.ts";

const managedSystem = "CIM_ComputerSystem?CreationClassName=CIM_ComputerSystem&Name=ManagedSystem";

function file(name: string, content: string): string {
  writeFileSync(`${folder}/${name}`, content);
  return `${folder}/${name}`;
}

describe("wsman invoke", () => {
  it("calls a method, in any case, and tells what it returned", async () => {
    const call = ["--device", "sim", "wsman", "invoke", "amt_timesynchronizationservice", "getlowaccuracytimesynch"];
    const { code, answer } = await amtctlJson(call);
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      class: "AMT_TimeSynchronizationService",
      method: "GetLowAccuracyTimeSynch",
      returnValue: 0,
      returnValueName: "SUCCESS",
      output: { Ta0: expect.any(Number) },
      unknownFields: [],
    });
    expect((await amtctl(call)).out).toMatch(/^ReturnValue 0 \(SUCCESS\)\nTa0 {2}\d+\n$/);
    expect((await amtctl([...call, "--xml"])).out).toContain("<h:ReturnValue>0</h:ReturnValue>");
  });

  it("takes references as CLASS?KEY=VALUE, as JSON, and in a body", async () => {
    const power = ["--device", "sim:acm", "wsman", "invoke", "CIM_PowerManagementService", "RequestPowerStateChange"];
    const keys = { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" };
    const resourceUri = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem";
    const reference = {
      address: "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
      resourceUri,
      selectors: keys,
    };
    const ways = [
      ["PowerState=10", `ManagedElement=${managedSystem}`],
      ["PowerState=10", `ManagedElement=${JSON.stringify(reference)}`],
      ["--body", file("text.json", JSON.stringify({ PowerState: 10, ManagedElement: managedSystem }))],
      ["--body", file("full.json", JSON.stringify({ PowerState: 10, ManagedElement: reference }))],
    ];
    for (const way of ways) {
      const { code, answer } = await amtctlJson([...power, ...way]);
      expect([code, answer?.returnValue, answer?.returnValueName]).toEqual([0, 0, "COMPLETED"]);
    }
  });

  it("sends parameters in XML as they stand", async () => {
    const uri = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_TimeSynchronizationService";
    const body = file("input.xml", `<x:GetLowAccuracyTimeSynch_INPUT xmlns:x="${uri}"/>`);
    const call = ["--device", "sim", "wsman", "invoke", "AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch"];
    expect((await amtctlJson([...call, "--body", body])).answer.returnValue).toBe(0);
    const other = await amtctlJson([...call, "--body", file("other.xml", `<x:Other xmlns:x="${uri}"/>`)]);
    expect([other.code, other.error.message]).toEqual([
      2,
      "--body: an element Other, where GetLowAccuracyTimeSynch_INPUT belongs",
    ]);
  });

  it("ends with 13 for another ReturnValue than 0, whose name and outputs stand in the details", async () => {
    const { code, error } = await amtctlJson([
      "--device",
      "sim:acm",
      "wsman",
      "invoke",
      "AMT_MessageLog",
      "GetRecords",
      "IterationIdentifier=1",
      "MaxReadRecords=10",
    ]);
    expect(code).toBe(13);
    // Intel's documentation of GetRecords: 3, no record exists in the log.
    expect(error).toMatchObject({
      code: "firmware.refused",
      message: "AMT_MessageLog.GetRecords: NO_RECORD_EXISTS (3): the log is empty",
      details: { returnValue: 3, name: "NO_RECORD_EXISTS", output: { IterationIdentifier: "1", NoMoreRecords: true } },
    });
  });

  it("ends with 14 where the user has to consent first", async () => {
    const { code, error } = await amtctlJson([
      "--device",
      "sim",
      "wsman",
      "invoke",
      "CIM_BootService",
      "SetBootConfigRole",
      "Role=1",
      "BootConfigSetting=CIM_BootConfigSetting?InstanceID=Intel(r) AMT: Boot Configuration 0",
    ]);
    expect([code, error.code, error.details.returnValue]).toEqual([14, "consent.needed", 2081]);
  });

  it("says in the hint of a fault that the method is not known", async () => {
    const call = ["--device", "sim", "wsman", "invoke", "AMT_MessageLog", "ClearLogs"];
    const { code, error } = await amtctlJson(call);
    expect([code, error.details.subcode]).toEqual([13, "ActionNotSupported"]);
    expect(error.hint).toContain("AMT_MessageLog has no method ClearLogs that is known here, did you mean ClearLog?");
  });

  it.each<[string, string[], string]>([
    ["no method", [], "expected argument for METHOD"],
    ["no value", ["GetRecords", "x"], `NAME=VALUE: a word without = is no name with a value`],
    ["a value of another type", ["GetRecords", "MaxReadRecords=-1"], `AMT_MessageLog.GetRecords.MaxReadRecords: "-1"`],
  ])("is wrong with %s", async (_what, args, message) => {
    const { code, error } = await amtctlJson(["--device", "sim", "wsman", "invoke", "AMT_MessageLog", ...args]);
    expect([code, error.code]).toEqual([2, "usage"]);
    expect(error.message).toContain(message);
  });

  it("takes *** for no secret", async () => {
    const call = [
      "wsman",
      "invoke",
      "AMT_SetupAndConfigurationService",
      "SetMEBxPassword",
      "--device",
      "sim",
      "--body",
    ];
    const { code, error } = await amtctlJson([...call, file("hidden.json", `{"Password":"***"}`)]);
    expect([code, error.message]).toEqual([2, "Password: *** is what stands for a secret, and is none"]);
  });

  it("ends with 15 when the answer to a method that changes something is lost, and has called it once", async () => {
    await using amt = await served([{ kind: "lost", only: "AMT_MessageLog.FreezeLog" }]);
    const call = ["wsman", "invoke", "AMT_MessageLog", "FreezeLog", "Freeze=true", "--host", amt.plain];
    expect(await amtctlJson(call)).toMatchObject({ code: 15, error: { code: "indeterminate" } });
    expect((await amtctlJson(call)).answer.returnValue).toBe(0);
  });

  it("asks again when the answer to a method that only tells something is lost", async () => {
    const only = "AMT_TimeSynchronizationService.GetLowAccuracyTimeSynch";
    await using amt = await served([{ kind: "lost", only }]);
    const { code, answer } = await amtctlJson(["wsman", "invoke", ...only.split("."), "--host", amt.plain]);
    expect([code, answer.returnValue]).toEqual([0, 0]);
  });
});
