import { describe, expect, it } from "vitest";
import { readKnownHosts, withKnownHost } from "../../../services/trust/known_hosts_text.ts";

const one = `sha256:${"1".repeat(64)}`;
const two = `sha256:${"2a".repeat(32)}`;

describe("readKnownHosts", () => {
  it("reads places, fingerprints and dates, and passes over comments and empty lines", () => {
    const text = `# comment\n\namt.example:16993 ${one} 2026-11-25\n\t[2001:db8::7]:16993  ${two}\r\n  # another`;
    expect(readKnownHosts(text)).toEqual({
      entries: [
        { place: "amt.example:16993", fingerprint: one, line: 3 },
        { place: "[2001:db8::7]:16993", fingerprint: two, line: 4 },
      ],
      unreadable: [],
    });
  });
  it("reads names in lower case, and fingerprints in any form", () => {
    const colons = two.slice(7).toUpperCase().match(/../g)!.join(":");
    expect(readKnownHosts(`AMT.Example:16993 SHA256:${colons}`).entries).toEqual([
      { place: "amt.example:16993", fingerprint: two, line: 1 },
    ]);
  });
  it.each([
    "amt.example:16993",
    `amt.example:16993 ${one.slice(0, -1)}`,
    `amt.example:16993 ${one} yesterday`,
    `amt.example:16993 ${one} 2026-11-25 more`,
    `amt.example:16993 ${two.replace("sha256", "sha1")}`,
    `amt.example:16993,${one}`,
    "\u0000\u0001\u0002",
  ])("tells the line that it cannot read: %j", (line) => {
    const { entries, unreadable } = readKnownHosts(`other:1 ${one}\n${line}\nmore:2 ${two}\n`);
    expect([entries.map(({ place }) => place), unreadable.map((each) => each.line)]).toEqual([["other:1", "more:2"], [
      2,
    ]]);
  });
});

describe("withKnownHost", () => {
  const date = new Date("2026-11-25T23:59:59Z");
  it("starts an empty file with what it is", () => {
    const text = withKnownHost("", "amt.example:16993", one, date);
    expect(text).toMatch(/^# .+\namt\.example:16993 sha256:1+ 2026-11-25\n$/);
    expect(readKnownHosts(text)).toMatchObject({ entries: [{ fingerprint: one }], unreadable: [] });
  });
  it("leaves all that is there as it is, and ends a last line that has no end", () => {
    const before = `# mine\r\nbroken line\nother:1 ${two}`;
    expect(withKnownHost(before, "a:1", one, date)).toBe(`${before}\na:1 ${one} 2026-11-25\n`);
  });
});
