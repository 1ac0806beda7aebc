import { describe, expect, it } from "vitest";
import { decode, fromHex } from "../../core/binary/mod.ts";
import { amthiRequest, amthiResponse, GetCodeVersions, GetProvisioningState } from "../../protocols/amthi/mod.ts";
import { GetFirmwareVersion, mkhiResponse } from "../../protocols/mkhi/mod.ts";

/** Bytes typed from the layouts of Intel LMS (AMTHICommand.h, MKHICommand.h). */
const amtAnswer = (length: string, rest: string) => fromHex(`0101000011008004${length}${rest}`);

describe("amthiResponse", () => {
  const layout = amthiResponse(GetProvisioningState);
  it.each([
    ["no data", amtAnswer("04000000", "10000000")],
    ["zeros for data", amtAnswer("08000000", "1000000000000000")],
    ["half of the data", amtAnswer("06000000", "100000000000")],
  ])("gives the status alone when the firmware refuses with %s", (_, bytes) => {
    expect(decode(layout, bytes)).toEqual({ minor: 1, status: 0x10 });
  });
  it("refuses data that ends before the header says", () => {
    expect(() => decode(layout, amtAnswer("0c000000", "0000000002000000"))).toThrow(/needs 12 bytes, 8 left/);
  });
  it("refuses data that the header's length leaves out", () => {
    expect(() => decode(layout, amtAnswer("04000000", "0000000002000000"))).toThrow(/needs 4 bytes, 0 left/);
  });
  it("refuses bytes between the data and the end that the header gives", () => {
    expect(() => decode(layout, amtAnswer("0c000000", "000000000200000000000000"))).toThrow(/after the end/);
  });
  it("refuses the answer to another command", () => {
    expect(() => decode(amthiResponse(GetCodeVersions), amtAnswer("04000000", "10000000"))).toThrow(/belongs/);
  });
  it("refuses a request", () => {
    expect(() => decode(layout, fromHex("010100001100000400000000"))).toThrow(/belongs/);
  });
  it("keeps a state without a name as a number", () => {
    const bytes = amtAnswer("08000000", "0000000009000000");
    expect(decode(layout, bytes)).toEqual({ minor: 1, status: 0, data: { state: 9 } });
  });
  it("takes minor version 2, as firmware in the field may answer", () => {
    const bytes = fromHex("0102000011008004080000000000000000000000");
    expect(decode(layout, bytes)).toEqual({ minor: 2, status: 0, data: { state: "pre" } });
  });
  it("refuses a count of versions that the message cannot hold", () => {
    const bios = "00".repeat(65);
    const bytes = fromHex(`010100001a008004${"49000000"}00000000${bios}ffffffff`);
    expect(() => decode(amthiResponse(GetCodeVersions), bytes)).toThrow(/needs 2 bytes, 0 left/);
  });
});

describe("amthiRequest", () => {
  it("refuses bytes after the length that the header gives", () => {
    expect(() => decode(amthiRequest(GetProvisioningState), fromHex("01010000110000040000000000"))).toThrow(
      /after the end/,
    );
  });
});

describe("mkhiResponse", () => {
  const layout = mkhiResponse(GetFirmwareVersion);
  it.each([["nothing", "ff82008d"], ["bytes", "ff82008d0000"]])(
    "gives the result alone when the firmware refuses with %s behind it",
    (_, hex) => expect(decode(layout, fromHex(hex))).toEqual({ result: 0x8d }),
  );
  it("refuses half a version", () => {
    expect(() => decode(layout, fromHex("ff82000008000b00610d"))).toThrow(/needs 2 bytes, 0 left/);
  });
  it("refuses the answer to another command", () => {
    expect(() => decode(layout, fromHex("03820000"))).toThrow(/belongs/);
  });
});
