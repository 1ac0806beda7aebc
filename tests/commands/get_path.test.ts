import { describe, expect, it } from "vitest";
import { bare, plainPath, valueAt } from "../../commands/get_path.ts";
import { AmtError } from "../../core/errors/mod.ts";

const answer = {
  amtVersion: "16.1.25",
  lan: [{ macAddress: "02:00:00:00:00:01", dhcp: { enabled: true } }],
  versions: { "Build Number": "2049" },
  uuid: null,
};

describe("valueAt", () => {
  it.each([
    ["amtVersion", "16.1.25"],
    ["lan[0].macAddress", "02:00:00:00:00:01"],
    ["lan.0.dhcp.enabled", true],
    ["versions.Build Number", "2049"],
    ["uuid", null],
    ["uuid.deeper", null],
  ])("finds %s", (path, value) => expect(valueAt(answer, path)).toBe(value));

  it.each([
    "nothing",
    "lan.1",
    "lan.length",
    "amtVersion.length",
    "lan.push",
    "lan[0].mac",
    "constructor",
    "__proto__",
    "amtVersion.0",
    "",
    "lan..0",
  ])(
    "throws usage when %j leads nowhere",
    (path) => expect(() => valueAt(answer, path)).toThrow(AmtError),
  );

  it("names the fields that there are when one is not", () => {
    expect(() => valueAt(answer, "lan[0].mac")).toThrow(
      expect.objectContaining({ code: "usage", hint: "It has: macAddress, dhcp" }),
    );
  });
});

describe("plainPath", () => {
  it("writes an index as a step", () => expect(plainPath("lan[0].dhcp[12]")).toBe("lan.0.dhcp.12"));
});

describe("bare", () => {
  it.each([
    ["text", "text"],
    [16392, "16392"],
    [true, "true"],
    [null, ""],
    [["AMT Pro", "Corporate"], "AMT Pro\nCorporate"],
    [[{ a: 1 }, { a: 2 }], '{"a":1}\n{"a":2}'],
    [{ raw: 8 }, '{"raw":8}'],
    [[], ""],
  ])("shows %j without quotes", (value, text) => expect(bare(value)).toBe(text));
});
