import { describe, expect, it } from "vitest";
import { decode, encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { GuidError, guidLe, parseGuid } from "../../core/guid.ts";

describe("guidLe", () => {
  // CONNECT ioctl captured from fwupd on an ME 11.8.93 machine (plugins/intel-amt/tests/intel-amt-setup.json).
  const captured = { text: "12f80028-b4b7-4b2d-aca8-46e0ff65814c", hex: "2800f812b7b42d4baca846e0ff65814c" };

  it("writes the bytes that fwupd sent for AMTHI", () => {
    expect(toHex(encode(guidLe, parseGuid(captured.text)))).toBe(captured.hex);
  });
  it("reads them back", () => {
    expect(decode(guidLe, fromHex(captured.hex))).toBe(captured.text);
  });
});

describe("parseGuid", () => {
  it("takes upper case and braces", () => {
    expect(parseGuid("{12F80028-B4B7-4B2D-ACA8-46E0FF65814C}")).toBe("12f80028-b4b7-4b2d-aca8-46e0ff65814c");
  });
  it.each([
    ["12f80028-b4b7-4b2d-aca8-46e0ff65814", 35],
    ["12f80028-b4b7-4b2d-aca8-46e0ff65814cc", 36],
    ["12f80028xb4b7-4b2d-aca8-46e0ff65814c", 8],
    ["g2f80028-b4b7-4b2d-aca8-46e0ff65814c", 0],
    ["", 0],
  ])("tells where %j goes wrong", (text, position) => {
    expect(() => parseGuid(text)).toThrowError(expect.objectContaining({ name: "GuidError", position }));
    expect(() => parseGuid(text)).toThrowError(GuidError);
  });
});
