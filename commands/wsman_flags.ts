import { asText, type FlagSet } from "./flags.ts";
import { parseAssignment } from "./wsman_values.ts";

/** Flags of every command that shows what AMT's web service answers. */
export const answerFlags = {
  xml: { kind: "switch", brief: "Show the answer as XML: all of it, in other prefixes perhaps" },
  reveal: { kind: "switch", brief: "Show passwords and keys too, which are *** otherwise; in a --trace too" },
} as const satisfies FlagSet;

/** Which instance is meant. */
export const selectorFlags = {
  selector: {
    kind: "list",
    brief: "A key of the instance that is meant; a reference is written as CLASS?KEY=VALUE",
    placeholder: "KEY=VALUE",
    parse: parseAssignment,
  },
} as const satisfies FlagSet;

/** What is sent. */
export const bodyFlags = {
  body: {
    kind: "value",
    brief: "Send what a file holds, JSON or XML; - is standard input",
    placeholder: "FILE",
    parse: asText,
  },
} as const satisfies FlagSet;

/** The class that a command is about. */
export const classArgument = {
  name: "CLASS",
  brief: "A class, in any case, or its ResourceURI; amtctl wsman classes lists those that are known",
  parse: asText,
} as const;
