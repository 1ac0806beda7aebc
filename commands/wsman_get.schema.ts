import type { Static } from "typebox";
import { closed } from "./answer.schema.ts";
import { unknownFields, wsmanClassFields, wsmanEnd, wsmanFields, wsmanTarget } from "./wsman_answer.schema.ts";

export const WsmanGetOutput = closed({
  ...wsmanTarget,
  ...wsmanClassFields,
  instance: wsmanFields,
  unknownFields,
  ...wsmanEnd,
}, { title: "amtctl wsman get" });

export type WsmanGetOutput = Static<typeof WsmanGetOutput>;
