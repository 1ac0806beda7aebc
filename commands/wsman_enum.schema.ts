import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import {
  unknownFields,
  wsmanClassFields,
  wsmanEnd,
  wsmanFields,
  wsmanReference,
  wsmanTarget,
} from "./wsman_answer.schema.ts";

export const WsmanEnumOutput = closed({
  ...wsmanTarget,
  ...wsmanClassFields,
  instances: orNull(Type.Array(closed({
    class: Type.String({ description: "Its own, which may be derived from the one that was asked for" }),
    instance: wsmanFields,
    unknownFields,
  }))),
  references: orNull(Type.Array(wsmanReference, { description: "With --references, instead of instances" })),
  ...wsmanEnd,
}, { title: "amtctl wsman enum" });

export type WsmanEnumOutput = Static<typeof WsmanEnumOutput>;
