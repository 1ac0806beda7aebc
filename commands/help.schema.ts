import { type Static, Type } from "typebox";

export const HelpOutput = Type.Object({
  topic: Type.String({ description: "Words after `help`; empty for the overview" }),
  text: Type.String(),
  exitCodes: Type.Array(
    Type.Object({
      exitCode: Type.Integer(),
      meaning: Type.String(),
      errors: Type.Array(Type.String(), { description: "Codes of the errors that end with it" }),
    }, { additionalProperties: false }),
    { description: "For the topic `exit-codes` only" },
  ),
}, { title: "amtctl help", additionalProperties: false });

export type HelpOutput = Static<typeof HelpOutput>;
