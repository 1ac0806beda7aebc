import { Type } from "typebox";
import { orNull } from "./answer.schema.ts";

export const direction = Type.Enum(["toFirmware", "fromFirmware"]);
export const connection = orNull(
  Type.Integer({ minimum: 0, description: "Numbered in their order; null where it is not known" }),
);
export const length = Type.Integer({ minimum: 0, description: "Bytes of the whole message" });

/** An APF message. */
export const messageFields = {
  event: Type.Literal("message"),
  direction,
  connection,
  message: Type.String({ description: "channelOpen, channelData, ...; unknown or malformed" }),
  type: orNull(Type.Integer({ minimum: 0, maximum: 255 })),
  length,
  fields: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
    description: "Bytes by their length, dataLength; with --reveal in hex too",
  }),
  problem: orNull(Type.String({ description: "What is wrong with the message" })),
};

/** What happens to the connection that carries them. */
export const linkFields = {
  event: Type.Enum(["connect", "connected", "refused", "disconnect", "lost", "unsent"]),
  client: Type.String({ description: "Its name, or its GUID" }),
  connection,
  detail: orNull(Type.String()),
};
