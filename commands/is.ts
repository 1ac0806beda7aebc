import { AmtError } from "../core/errors/mod.ts";
import { decide, type Predicate, predicates } from "../services/predicates.ts";
import { command } from "./command.ts";
import type { IsOutput } from "./is.schema.ts";

export default command({
  brief: "Answer a question about AMT by the exit code: 0 yes, 21 no, another one when it cannot be told",
  description: "  activated  it is set up, in client or admin control mode\n" +
    "  enabled    the firmware setup leaves it on\n" +
    "  present    this platform has it\n" +
    "  reachable  it answers over the MEI\n" +
    "Prints nothing, unless -v or --json asks for the reason.",
  flags: {},
  arguments: [{ name: "PREDICATE", brief: predicates.join(", "), parse: parsePredicate }],
  examples: ["amtctl is activated && echo managed", "amtctl is enabled --json"],

  async run(context, _flags, [predicate]): Promise<IsOutput> {
    const machine = await context.machine();
    const verdict = await decide(predicate, machine, context.signal);
    context.notes.detail(1, `${predicate}: ${verdict.answer ? "yes" : "no"}: ${verdict.reason}`);
    return { predicate, ...verdict };
  },

  render: () => "",
  exitCode: ({ answer }) => answer ? 0 : 21,
});

function parsePredicate(text: string): Predicate {
  const known = predicates.find((each) => each === text);
  if (known === undefined) {
    throw new AmtError("usage", `"${text}" is no question that can be asked`, {
      hint: `The questions are ${predicates.join(", ")}`,
    });
  }
  return known;
}
