import { describe, expect, it } from "vitest";
import { parseDuration } from "../../commands/duration.ts";

describe("parseDuration", () => {
  it.each([["500ms", 500], ["30s", 30_000], ["1.5m", 90_000], ["2h", 7_200_000], ["none", undefined]])(
    "reads %s",
    (text, ms) => expect(parseDuration(text)).toBe(ms),
  );
  it.each(["", "30", "s", "-1s", "1d", "0s", "0.1ms", "1e3s", "597h", "9999999999h", " 1s", "1s\n"])(
    "refuses %j",
    (text) => expect(() => parseDuration(text)).toThrowError(expect.objectContaining({ code: "usage" })),
  );
});
