import { type Static, Type } from "typebox";
import { closed } from "./answer.schema.ts";
import { unknownFields, wsmanClassFields, wsmanEnd, wsmanFields, wsmanTarget } from "./wsman_answer.schema.ts";

export const WsmanPutOutput = closed({
  ...wsmanTarget,
  ...wsmanClassFields,
  sent: Type.Boolean({ description: "Whether there was a Put; without a change there is none" }),
  changes: Type.Array(closed({
    field: Type.String(),
    before: Type.Unknown({ description: "null when AMT did not tell it" }),
    after: Type.Unknown({ description: "What was sent" }),
  })),
  instance: wsmanFields,
  unknownFields,
  ...wsmanEnd,
}, { title: "amtctl wsman put" });

export type WsmanPutOutput = Static<typeof WsmanPutOutput>;
