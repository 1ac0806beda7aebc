import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

export const armed = Type.Union([Type.Boolean(), Type.Literal("unknown")], {
  description: "Whether the watchdog runs now",
});

/** What came of one heartbeat. */
export const beat = {
  acknowledged: Type.Boolean({ description: "The firmware confirmed it" }),
  status: orNull(Type.Integer({ minimum: 0, description: "The firmware's word; null where none is told" })),
  notRequired: Type.Boolean({ description: "The firmware wants no heartbeats now" }),
  roundTripMs: Type.Number({ minimum: 0 }),
};

export const WatchdogPingOutput = closed({
  via: Type.Enum(["kernel", "mei"]),
  path: orNull(Type.String({ description: "The kernel's watchdog" })),
  timeoutSeconds: Type.Integer({ minimum: 0 }),
  heartbeats: Type.Array(closed(beat)),
  armed,
  ...answerFields,
}, { title: "amtctl watchdog ping" });

export type WatchdogPingOutput = Static<typeof WatchdogPingOutput>;
