import { describe, expect, it } from "vitest";
import { asciiJson, printable, printableLine } from "../../commands/printable.ts";

describe("printable", () => {
  it("leaves printable ASCII and line ends as they are", () => {
    const text = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("") + "\n";
    expect(printable(text)).toBe(text);
  });
  it.each([
    ["\x1b]0;title\x07", "\\x1b]0;title\\x07"],
    ["\x1b[2J", "\\x1b[2J"],
    ["\x1b[1mbold", "\\x1b[1mbold"],
    ["a\tb\rc", "a\\tb\\rc"],
    ["\x7f\x85\x9b31m", "\\x7f\\x85\\x9b31m"],
    ["\u202e\u00e9", "\\u202e\\xe9"],
    ["\u{1f600}", "\\u{1f600}"],
    ["\ud800", "\\ud800"],
  ])("escapes %j", (text, escaped) => expect(printable(text)).toBe(escaped));
  it("keeps the program's own styles, and no other sequence, when styles are asked for", () => {
    expect(printable("\x1b[31merror:\x1b[0m \x1b[8mhidden\x1b[5;1H", true)).toBe(
      "\x1b[31merror:\x1b[0m \\x1b[8mhidden\\x1b[5;1H",
    );
  });
});

describe("printableLine", () => {
  it("stays on one line", () => expect(printableLine("a\nerror: b")).toBe("a\\nerror: b"));
});

describe("asciiJson", () => {
  it("is ASCII that reads back as the value", () => {
    const value = { name: "caf\u00e9 \x7f\u2028\ud83d\ude00", list: [1, null] };
    const json = asciiJson(value);
    expect(json).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(json)).toEqual(value);
  });
});
