import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

export const ExplainOutput = closed({
  readings: Type.Array(
    closed({
      kind: Type.Union([
        Type.Literal("status"),
        Type.Literal("hfsts"),
        Type.Literal("mkhi"),
        Type.Literal("apf"),
        Type.Literal("errno"),
        Type.Literal("exit"),
        Type.Literal("error"),
        Type.Literal("pt"),
        Type.Literal("cim"),
      ]),
      code: Type.String(),
      name: orNull(Type.String({ description: "As programs write it" })),
      text: Type.String(),
      advice: orNull(Type.String()),
    }),
    { description: "Of each code all meanings, the most likely first" },
  ),
  unknown: Type.Array(Type.String(), { description: "Codes of which nothing is known; warnings says why" }),
  warnings: answerFields.warnings,
}, { title: "amtctl explain" });

export type ExplainOutput = Static<typeof ExplainOutput>;
