import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

const Hex = Type.String({ pattern: "^([0-9a-f]{2})*$" });

export const SendOutput = closed({
  device: Type.String(),
  client: closed({ guid: Type.String(), name: orNull(Type.String()) }),
  protocolVersion: Type.Integer(),
  maxMessageLength: Type.Integer({ description: "Bytes" }),
  sent: Hex,
  received: Type.Array(Hex, { description: "Whole messages, in their order; an empty one is an answer" }),
  ...answerFields,
}, { title: "amtctl send" });

export type SendOutput = Static<typeof SendOutput>;
