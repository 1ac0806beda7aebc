import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import { armed } from "./watchdog_ping.schema.ts";

export const WatchdogStopOutput = closed({
  via: Type.Enum(["kernel", "mei"]),
  path: orNull(Type.String({ description: "The kernel's watchdog" })),
  armed,
}, { title: "amtctl watchdog stop" });

export type WatchdogStopOutput = Static<typeof WatchdogStopOutput>;
