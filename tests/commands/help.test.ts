import { describe, expect, it } from "vitest";
import help from "../../commands/help.ts";
import { helpFor } from "../../commands/help_text.ts";
import { globalFlags } from "../../commands/global_flags.ts";
import { root } from "../../commands/root.ts";
import { catalog, exitCodes } from "../../core/errors/mod.ts";
import { allCommands } from "./all_commands.ts";
import { fakeContext } from "./fakes.ts";

const run = (...words: string[]) => help.run(fakeContext({}), {}, [words]);

describe("help", () => {
  it("lists every command with its brief", async () => {
    const { text } = await run();
    for (const [name, entry] of Object.entries(root.commands)) {
      const { brief } = typeof entry === "function" ? (await entry()).default : entry;
      expect(text).toMatch(new RegExp(`^  ${name} +${brief.replace(/[?()]/g, "\\$&")}$`, "m"));
    }
  });
  it("shows a command's usage, examples and flags", async () => {
    expect((await run("send")).text).toMatchInlineSnapshot(`
      "amtctl send: Send one raw message to a client of the firmware and show its answers

      Usage:
        amtctl send [FLAGS] GUID HEX

      Examples:
        sudo amtctl send AMTHI 010100001a00000400000000
        printf 'ff020000' | sudo amtctl send 8e6a6715-9abc-4043-88ef-9e39c6f63e0f - --json
        amtctl --device sim send MKHI ff020000

      The message goes out as it stands: what it changes, it changes. AMTHI's answers may hold passwords.

      Arguments:
        GUID  The client, or its name such as AMTHI
        HEX   The message in hex digits, or - to read it from standard input

      Flags:
            --receive N  How many answers to wait for; 0 for none (default: 1)
            --binary     Print the answers as bytes; with HEX as -, the input is bytes too

      Global flags:
            --device PATH              Node of the mei driver, or sim[:PROFILE[+SITUATION]] for a simulated one (default: AMTCTL_DEVICE, or the ME's node)
            --json                     Answer as one JSON object; errors too
            --ndjson                   The same on one line; streams print a line for each event
            --timeout DURATION         End after this time: 500ms, 30s, 5m, none (default: 30s; none for streams)
            --color auto|always|never  Colour: auto is on a capable terminal without NO_COLOR (default: auto)
            --no-progress              Show no progress
        -v, --verbose                  Tell decisions (-v), requests (-vv), first bytes of messages (-vvv)
            --trace FILE               Write all that is said to the firmware's clients to a new file, pcapng for Wireshark
            --reveal                   With --trace: also passwords, and what connections through the tunnel carry
        -h, --help                     Show help
            --version                  Show the version"
    `);
  });
  it("lists every exit code with the errors that end with it", async () => {
    const { text, exitCodes: codes } = await run("exit-codes");
    expect(codes.map((each) => each.exitCode)).toEqual(Object.keys(exitCodes).map(Number));
    expect(codes.flatMap((each) => each.errors).sort()).toEqual(Object.keys(catalog).sort());
    expect(text).toContain("   3  no Management Engine, driver or device [mei.absent]");
  });
  it.each([["exit-code", "exit-codes"], ["cleints", "clients"]])("names what is near to %s", async (topic, near) => {
    await expect(run(topic)).rejects.toMatchObject({ code: "usage", hint: `Did you mean ${near}?` });
  });
  it("refuses words after a command's name", async () => {
    await expect(run("clients", "x")).rejects.toMatchObject({ code: "usage" });
  });
});

describe("root", () => {
  // --reveal says at each command that has it what it reveals there.
  it("has commands whose flags but --reveal are not global ones, and whose examples call the program", async () => {
    for (const [, { flags, examples }] of await allCommands(root)) {
      expect(Object.keys(flags).filter((name) => name in globalFlags && name !== "reveal")).toEqual([]);
      expect(examples.every((example) => example.includes("amtctl "))).toBe(true);
    }
  });
});

it("helpFor shows a group", async () => {
  const load = () => import("../../commands/clients.ts");
  const group = { brief: "", commands: { power: { brief: "Power of the machine", commands: { on: load } } } };
  expect((await helpFor([], group)).text).toContain("  power  Power of the machine");
  expect((await helpFor(["power"], group)).text).toContain("amtctl power [FLAGS] COMMAND");
});
