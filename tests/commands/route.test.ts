import { describe, expect, it } from "vitest";
import type { CommandGroup } from "../../commands/command.ts";
import { route } from "../../commands/route.ts";

const load = () => Promise.reject(new Error("not loaded in this test"));
const root: CommandGroup = {
  brief: "",
  commands: { status: load, power: { brief: "", commands: { on: load } } },
  aliases: { info: "status" },
};

describe("route", () => {
  it.each([
    [["status", "--json"], ["status"], ["--json"]],
    [["--json", "status"], ["status"], ["--json"]],
    [["--device", "sim", "-v", "status", "x"], ["status"], ["--device", "sim", "-v", "x"]],
    [["--device=sim", "power", "--color", "never", "on"], ["power", "on"], ["--device=sim", "--color", "never"]],
    [["status", "power", "--", "on"], ["status"], ["power", "--", "on"]],
    [["info"], ["status"], []],
  ])("follows %j", (args, path, rest) => {
    expect(route(args, root)).toMatchObject({ path, rest, entry: load });
  });
  it.each([
    [["statsu"], [], "statsu"],
    [["power", "off"], ["power"], "off"],
    [["constructor"], [], "constructor"],
    [["__proto__"], [], "__proto__"],
  ])("stops at the unknown word of %j", (args, path, unknown) => {
    expect(route(args, root)).toMatchObject({ path, unknown });
  });
  it("stops at a group when nothing follows", () => {
    expect(route(["power", "--json"], root)).toMatchObject({ path: ["power"], entry: root.commands.power });
  });
});
