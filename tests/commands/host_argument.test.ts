import { describe, expect, it } from "vitest";
import { parseHost } from "../../commands/host_argument.ts";

describe("parseHost", () => {
  it.each([
    ["amt.example", "amt.example", undefined],
    ["amt", "amt", undefined],
    ["AMT_1.example:664", "AMT_1.example", 664],
    ["192.0.2.7", "192.0.2.7", undefined],
    ["192.0.2.7:16993", "192.0.2.7", 16993],
    ["[2001:db8::7]", "2001:db8::7", undefined],
    ["[2001:db8::7]:16993", "2001:db8::7", 16993],
    ["2001:db8::7", "2001:db8::7", undefined],
    ["::1", "::1", undefined],
    ["2001:db8:0:0:0:0:0:16992", "2001:db8:0:0:0:0:0:16992", undefined],
    ["fe80::1%eth0", "fe80::1%eth0", undefined],
    ["[fe80::1%eth0]:16992", "fe80::1%eth0", 16992],
    ["[::ffff:192.0.2.7]:623", "::ffff:192.0.2.7", 623],
  ])("reads %s", (text, host, port) => {
    expect(parseHost(text)).toEqual({ host, port });
  });
  it.each([
    "",
    ":16992",
    "amt.example:",
    "amt.example:0",
    "amt.example:65536",
    "amt.example:http",
    "http://amt.example",
    "admin@amt.example",
    "amt.example/wsman",
    "amt example",
    "[amt.example]:16992",
    "[16992]",
    "[2001:db8::7",
    "[2001:db8::7]16992",
    "ämt.example",
    `${"a".repeat(254)}`,
    "amt\u001b[2J",
  ])("throws usage for %j", (text) => {
    expect(() => parseHost(text)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});
