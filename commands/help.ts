import { command } from "./command.ts";
import { asText } from "./flags.ts";
import type { HelpOutput } from "./help.schema.ts";
import { EXIT_CODES, exitCodesHelp, helpFor } from "./help_text.ts";
import { root } from "./root.ts";
import { route } from "./route.ts";

export default command({
  brief: "Show help for a command or a topic",
  flags: {},
  arguments: [
    { name: "TOPIC", brief: `Names of a command, or ${EXIT_CODES}`, optional: true, rest: true, parse: asText },
  ],
  examples: ["amtctl help clients", `amtctl help ${EXIT_CODES}`],

  async run(_context, _flags, [words]): Promise<HelpOutput> {
    if (words.length === 1 && words[0] === EXIT_CODES) return exitCodesHelp();
    const { path, entry, rest, unknown } = route(words, root);
    if (unknown === undefined && rest.length === 0) return await helpFor(path, root);
    const { unknownCommand } = await import("./runner.ts");
    const topics = typeof entry === "function"
      ? { brief: "", commands: {} }
      : { ...entry, commands: { ...entry.commands, ...(entry === root ? { [EXIT_CODES]: entry } : {}) } };
    throw await unknownCommand(topics, path, unknown ?? rest[0]!);
  },

  render: (output) => output.text,
});
