import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

export const DoctorOutput = closed({
  device: orNull(Type.String({ description: "null when there is none" })),
  checks: Type.Array(closed({
    id: Type.String(),
    title: Type.String(),
    verdict: Type.Enum(["ok", "attention", "note", "unknown", "skipped"]),
    finding: Type.String({ description: "What was seen, in one line" }),
    causes: Type.Array(Type.String(), { description: "The likeliest first, each with how to tell it from the others" }),
    fix: orNull(Type.String()),
  })),
  attention: Type.Array(Type.String(), {
    description: "Ids of the checks that need attention; exit code 20 unless empty",
  }),
  summary: Type.String(),
  ...answerFields,
}, { title: "amtctl doctor" });

export type DoctorOutput = Static<typeof DoctorOutput>;
