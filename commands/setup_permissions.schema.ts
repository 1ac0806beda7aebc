import { type Static, Type } from "typebox";
import { answerFields, closed } from "./answer.schema.ts";

export const SetupPermissionsOutput = closed({
  group: Type.String(),
  groupExists: Type.Boolean(),
  rule: closed({
    path: Type.String(),
    text: Type.String(),
    state: Type.Union([Type.Literal("absent"), Type.Literal("same"), Type.Literal("different")], {
      description: "Of the file at this path",
    }),
  }),
  applied: Type.Array(Type.String(), { description: "What --apply did" }),
  commands: Type.Array(Type.String(), { description: "What is left to run as root, with USER for a name" }),
  ...answerFields,
}, { title: "amtctl setup permissions" });

export type SetupPermissionsOutput = Static<typeof SetupPermissionsOutput>;
