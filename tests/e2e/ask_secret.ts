import { command } from "../../commands/command.ts";
import { currentRuntime } from "../../commands/context.ts";
import { program } from "../../commands/program.ts";

/** A program whose only command asks for a secret on the terminal, and tells its code points. */
const ask = command({
  brief: "Ask",
  flags: {},
  arguments: [],
  examples: [],
  async run(context) {
    const secret = await context.askSecret("Password for admin@amt.example\u001b[2J: ");
    return { codes: Array.from(secret, (character) => character.codePointAt(0)) };
  },
  render: ({ codes }) => codes.join(" "),
});
const runtime = await currentRuntime();
runtime.exit(
  await program(runtime, { brief: "Ask", commands: { ask: () => Promise.resolve({ default: ask as never }) } }),
);
