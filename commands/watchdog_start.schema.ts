import { type Static, Type } from "typebox";
import { WatchdogPingOutput } from "./watchdog_ping.schema.ts";

export const WatchdogStartOutput = Type.Object(WatchdogPingOutput.properties, {
  title: "amtctl watchdog start",
  additionalProperties: false,
});

export type WatchdogStartOutput = Static<typeof WatchdogStartOutput>;
