import { describe, expect, it } from "vitest";
import { asText } from "../../commands/flags.ts";
import { parse, unknownCommand } from "../../commands/runner.ts";
import { AmtError } from "../../core/errors/mod.ts";

const command = {
  flags: {
    probe: { kind: "switch", brief: "" },
    waitFor: { kind: "value", brief: "", placeholder: "N", default: "7", parse: Number },
    mode: { kind: "choice", brief: "", values: ["fast", "slow"] },
    strict: {
      kind: "value",
      brief: "",
      placeholder: "X",
      parse: (text: string) => {
        throw new AmtError("usage", `"${text}" is wrong, at character 3`, { details: { position: 3 } });
      },
    },
  },
  arguments: [
    { name: "GUID", brief: "", parse: asText },
    { name: "HEX", brief: "", optional: true, parse: (text: string) => text.length },
  ],
} as const;

const rest = {
  flags: {},
  arguments: [{ name: "WORD", brief: "", optional: true, rest: true, parse: asText }],
} as const;

/** Two arguments of their own, and all others. */
const mixed = {
  flags: { key: { kind: "list", brief: "", placeholder: "N", parse: even } },
  arguments: [
    { name: "CLASS", brief: "", parse: asText },
    { name: "METHOD", brief: "", optional: true, parse: (text: string) => text.toUpperCase() },
    { name: "N", brief: "", optional: true, rest: true, parse: even },
  ],
} as const;

function even(text: string): number {
  if (Number(text) % 2 === 0) return Number(text);
  throw new AmtError("usage", `${text} is odd`, { hint: "Give an even one" });
}

async function failure(words: string[], of: Parameters<typeof parse>[0] = command): Promise<AmtError> {
  const error = await parse(of, ["send"], words).then(() => undefined, (reason) => reason);
  expect(error).toBeInstanceOf(AmtError);
  return error;
}

describe("parse", () => {
  it("gives every flag and argument its value", async () => {
    const { flags, values, globals } = await parse(command, ["send"], [
      "a",
      "--probe",
      "--wait-for=9",
      "-vv",
      "bcd",
      "--mode",
      "slow",
      "--timeout",
      "2s",
      "--no-progress",
    ]);
    expect(flags).toMatchObject({ probe: true, waitFor: 9, mode: "slow", strict: undefined });
    expect(values).toEqual(["a", 3]);
    expect(globals).toMatchObject({ verbose: 2, timeout: { text: "2s", ms: 2000 }, noProgress: true, color: "auto" });
  });
  it("gives defaults, and undefined for what is not there", async () => {
    const { flags, values, globals } = await parse(command, ["send"], ["a"]);
    expect(flags).toMatchObject({ probe: false, waitFor: 7, mode: undefined });
    expect(values).toEqual(["a", undefined]);
    expect(globals).toMatchObject({ json: false, verbose: 0, device: undefined, timeout: undefined });
  });
  it("takes words after -- as arguments", async () => {
    expect((await parse(command, ["send"], ["--", "--json", "-v"])).values).toEqual(["--json", 2]);
  });
  it("takes - as an argument", async () => {
    expect((await parse(command, ["send"], ["a", "-"])).values).toEqual(["a", 1]);
  });
  it("gives all words to an argument that takes the rest", async () => {
    expect((await parse(rest, [], ["a", "b"])).values).toEqual([["a", "b"]]);
    expect((await parse(rest, [], [])).values).toEqual([[]]);
  });
  it.each([
    [["a", "--prob"], "no flag registered for --prob", "Did you mean --probe?"],
    [["a", "--jsn"], "no flag registered for --jsn", "Did you mean --json?"],
    [["a", "--mode", "slwo"], `expected "slwo" to be one of (fast|slow)`, `Did you mean "slow"?`],
  ])("names what is near for %j", async (words, message, hint) => {
    expect(await failure(words)).toMatchObject({ code: "usage", message, hint });
  });
  it.each([[[]], [["a", "b", "c"]], [["a", "-x"]], [["a", "--wait-for"]], [["a", "--mode"]], [["a", "--constructor"]]])(
    "refuses %j",
    async (words) => expect(await failure(words)).toMatchObject({ code: "usage", exitCode: 2 }),
  );
  it("keeps what a parser said of the value", async () => {
    expect(await failure(["a", "--strict", "abc"])).toMatchObject({
      code: "usage",
      message: `--strict: "abc" is wrong, at character 3`,
      details: { position: 3 },
    });
  });

  it("gives a flag that may be repeated all of its values, and none without it", async () => {
    const { flags } = await parse(mixed, [], ["a", "--key", "2", "--key=4"]);
    expect(flags["key"]).toEqual([2, 4]);
    expect((await parse(mixed, [], ["a"])).flags["key"]).toEqual([]);
    const error = await failure(["a", "--key", "2", "--key", "3"], mixed);
    expect([error.message, error.hint]).toEqual(["--key: 3 is odd", "Give an even one"]);
  });

  it.each([
    [["a"], ["a", undefined, []]],
    [["a", "b"], ["a", "B", []]],
    [["a", "b", "2", "4", "6"], ["a", "B", [2, 4, 6]]],
    [["a", "--key=2", "b", "--", "4"], ["a", "B", [4]]],
  ])("gives arguments before one that takes the rest their own: %j", async (words, values) => {
    expect((await parse(mixed, [], words)).values).toEqual(values);
  });

  it("names the argument that is missing or wrong where one takes the rest", async () => {
    const missing = await failure([], mixed);
    expect([missing.code, missing.message]).toEqual(["usage", "expected argument for CLASS"]);
    expect(missing.hint).toBe("See amtctl send --help");
    const wrong = await failure(["a", "b", "2", "3"], mixed);
    expect([wrong.message, wrong.hint]).toEqual(["N: 3 is odd", "Give an even one"]);
  });
});

describe("unknownCommand", () => {
  const load = () => Promise.reject(new Error("not loaded"));
  const group = { brief: "", commands: { clients: load, devices: load }, aliases: { info: "clients" } };
  it("names what is near", async () => {
    expect(await unknownCommand(group, [], "client")).toMatchObject({
      code: "usage",
      message: `no command "client"`,
      hint: "Did you mean clients?",
    });
  });
  it("points to help when nothing is near", async () => {
    expect(await unknownCommand(group, ["power"], "xyzzyxyzzyxyzzy")).toMatchObject({
      hint: "See amtctl power --help",
    });
  });
});
