import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import { connection, direction, length, linkFields, messageFields } from "./apf_message.schema.ts";

const head = {
  frame: Type.Integer({ minimum: 1, description: "Its number in the file: Wireshark's, or that of the line" }),
  at: orNull(Type.String({ description: "Time of day, ISO 8601; null where the file does not tell it" })),
  ms: Type.Number({ description: "Milliseconds since the first of them" }),
};

export const ApfReplayOutput = Type.Union([
  closed({ ...head, ...messageFields }),
  closed({ ...head, ...linkFields }),
  closed({
    ...head,
    event: Type.Literal("other"),
    client: orNull(
      Type.String({ description: "Null for what the driver exchanged with the firmware itself, and for remarks" }),
    ),
    direction,
    connection,
    length,
  }, { description: "A message of another client than LME" }),
], { title: "amtctl apf replay" });

export type ApfReplayOutput = Static<typeof ApfReplayOutput>;
