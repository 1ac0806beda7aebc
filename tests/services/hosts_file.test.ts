import { describe, expect, it } from "vitest";
import { type HostsFile, isHostName, mapHostName, unmapHostNames } from "../../services/hosts_file.ts";

const plain = "127.0.0.1\tlocalhost\n::1\tlocalhost\n\n# a remark\n192.0.2.7 printer\n";

/** A hosts file in memory, and how often it was written. */
function fileWith(text: string): HostsFile & { text: string; writes: number } {
  return {
    text,
    writes: 0,
    read() {
      return Promise.resolve(this.text);
    },
    replace(text) {
      this.text = text;
      this.writes++;
      return Promise.resolve();
    },
  };
}

describe("mapHostName", () => {
  it("adds a line and leaves the others as they are", async () => {
    const file = fileWith(plain);
    await mapHostName(file, "laptop1.example.com");
    expect(file.text).toBe(`${plain}127.0.0.1\tlaptop1.example.com # amtctl lms\n`);
    await unmapHostNames(file);
    expect(file.text).toBe(plain);
  });
  it("replaces the line that a run before it left", async () => {
    const file = fileWith(`${plain}127.0.0.1\told.example.com # amtctl lms\n`);
    await mapHostName(file, "new.example.com");
    expect(file.text).toBe(`${plain}127.0.0.1\tnew.example.com # amtctl lms\n`);
  });
  it("leaves a line of Intel LMS alone", async () => {
    // As LMS 2506 and lms8 write it.
    const lms = `${plain}127.0.0.1       amt1.example.com # LMS GENERATED LINE\n`;
    const file = fileWith(lms);
    await mapHostName(file, "amt1.example.com");
    await unmapHostNames(file);
    expect(file.text).toBe(lms);
  });
  it("begins a line of its own after a last line without an end, and gives that back", async () => {
    const file = fileWith("127.0.0.1 localhost");
    await mapHostName(file, "a.example");
    expect(file.text).toBe("127.0.0.1 localhost\n127.0.0.1\ta.example # amtctl lms\n");
  });
  it.each([
    ["a line end", "evil\n192.0.2.1 bank.example"],
    ["a carriage return", "evil\r192.0.2.1 bank.example"],
    ["a space", "evil bank.example"],
    ["a tab", "evil\tbank.example"],
    ["a remark", "evil# "],
    ["300 characters", "a".repeat(300)],
    ["254 characters in short labels", `${"a.".repeat(126)}aa`],
    ["a label of 64 characters", `${"a".repeat(64)}.example`],
    ["an IPv4 address", "192.0.2.1"],
    ["a number", "2130706433"],
    ["an IPv6 address", "2001:db8::1"],
    ["two points", "a..b"],
    ["a point in front", ".a"],
    ["a hyphen in front", "-a.example"],
    ["an underscore", "a_b"],
    ["letters beyond ASCII", "b\u00fccher.example"],
    ["a NUL", "a\0b"],
    ["nothing", ""],
  ])("refuses a name with %s, and does not touch the file", async (_, name) => {
    const file = fileWith(plain);
    await expect(mapHostName(file, name)).rejects.toMatchObject({ code: "firmware.protocol" });
    expect([file.text, file.writes, isHostName(name)]).toEqual([plain, 0, false]);
  });
});

describe("mapHostName, for a name that leads somewhere already", () => {
  it.each([
    ["localhost"],
    ["LOCALHOST"],
    ["localhost.localdomain"],
    ["amt.localhost"],
    ["localhost6"],
    ["ip6-localhost"],
    ["ip6-loopback"],
  ])("refuses %s", async (name) => {
    const file = fileWith(plain);
    await expect(mapHostName(file, name)).rejects.toMatchObject({
      code: "firmware.protocol",
      message: expect.stringContaining(`"${name}"`),
    });
    expect([file.text, file.writes]).toEqual([plain, 0]);
  });
  it.each([
    ["192.0.2.7 printer", "printer", "192.0.2.7"],
    ["192.0.2.7\tother Printer.Example # remark", "printer.example", "192.0.2.7"],
    ["  2001:db8::7 printer\r", "printer", "2001:db8::7"],
  ])("refuses what %j leads elsewhere, and names it", async (line, name, address) => {
    const file = fileWith(`127.0.0.1 localhost\n${line}\n`);
    await expect(mapHostName(file, name)).rejects.toMatchObject({
      code: "amt.state",
      message: `the hosts file leads the firmware's host name ${name} to ${address}`,
    });
    expect(file.writes).toBe(0);
  });
  it.each(["127.0.1.1 laptop", "::1 laptop", "# 192.0.2.7 laptop", "192.0.2.7 printer # laptop"])(
    "takes one beside %j",
    async (line) => {
      const file = fileWith(`${line}\n`);
      await mapHostName(file, "laptop");
      expect(file.text).toBe(`${line}\n127.0.0.1\tlaptop # amtctl lms\n`);
    },
  );
});

describe("unmapHostNames", () => {
  it("leaves lines of others alone that end as ours do", async () => {
    const others = [
      "10.0.0.9 keepme # see # amtctl lms",
      "127.0.0.1 spaces # amtctl lms",
      "127.0.0.1\ttwo names # amtctl lms",
      "127.0.0.1\tours # amtctl lms \u2026",
      "# 127.0.0.1\tours # amtctl lms",
    ].join("\n");
    const file = fileWith(`${others}\n127.0.0.1\tours # amtctl lms\n`);
    expect(await unmapHostNames(file)).toEqual(["ours"]);
    expect(file.text).toBe(`${others}\n`);
    await mapHostName(file, "ours");
    expect(await unmapHostNames(file)).toEqual(["ours"]);
    expect(file.text).toBe(`${others}\n`);
  });
  it("does not write a file without a line of ours", async () => {
    const file = fileWith(plain);
    await unmapHostNames(file);
    expect(file.writes).toBe(0);
  });
});
