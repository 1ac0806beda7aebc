import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import { unknownFields, wsmanClassFields, wsmanEnd, wsmanFields, wsmanTarget } from "./wsman_answer.schema.ts";

export const WsmanInvokeOutput = closed({
  ...wsmanTarget,
  ...wsmanClassFields,
  method: Type.String(),
  returnValue: Type.Integer({ minimum: 0 }),
  returnValueName: orNull(Type.String()),
  output: wsmanFields,
  unknownFields,
  ...wsmanEnd,
}, { title: "amtctl wsman invoke" });

export type WsmanInvokeOutput = Static<typeof WsmanInvokeOutput>;
