import { describe, expect, it } from "vitest";
import { didYouMean, nearest } from "../../commands/nearest.ts";

const names = ["AMT_GeneralSettings", "AMT_AuditLog", "AMT_MessageLog", "CIM_Fan", "CIM_Chassis"];

describe("nearest", () => {
  it.each([
    ["AMT_GenralSetings", ["AMT_GeneralSettings"]],
    ["generalsettings", ["AMT_GeneralSettings"]],
    ["Chasis", ["CIM_Chassis"]],
    ["Log", []],
    ["MessageLo", ["AMT_MessageLog"]],
    ["Foo", []],
    ["", []],
    ["x".repeat(10_000), []],
  ])("finds for %s", (word, found) => {
    expect(nearest(word, names)).toEqual(found);
  });

  it("puts the nearest first, three at most", () => {
    expect(nearest("abcdefgh", ["abcdefxx", "abcdefgx", "abcdefgi", "abcdefgj"]))
      .toEqual(["abcdefgx", "abcdefgi", "abcdefgj"]);
  });
});

describe("didYouMean", () => {
  it("asks, or says nothing", () => {
    expect(didYouMean("CIM_Fun", names)).toBe(", did you mean CIM_Fan?");
    expect(didYouMean("zzz", names)).toBe("");
  });
});
