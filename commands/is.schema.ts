import { type Static, Type } from "typebox";
import { closed } from "./answer.schema.ts";

export const IsOutput = closed({
  predicate: Type.Enum(["activated", "enabled", "present", "reachable"]),
  answer: Type.Boolean(),
  reason: Type.String({ description: "What the answer rests on" }),
}, { title: "amtctl is" });

export type IsOutput = Static<typeof IsOutput>;
