import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import { wsmanEnd, wsmanTarget } from "./wsman_answer.schema.ts";

export const WsmanIdentifyOutput = closed({
  ...wsmanTarget,
  protocolVersion: orNull(Type.String()),
  productVendor: orNull(Type.String()),
  productVersion: orNull(Type.String()),
  ...wsmanEnd,
}, { title: "amtctl wsman identify" });

export type WsmanIdentifyOutput = Static<typeof WsmanIdentifyOutput>;
