import { type Static, Type } from "typebox";
import { closed } from "./answer.schema.ts";
import { linkFields, messageFields } from "./apf_message.schema.ts";
import { droppedEvent } from "./tunnel.schema.ts";

const at = Type.String({ description: "Time of day, ISO 8601" });

export const ApfMonitorOutput = Type.Union([
  closed({ at, ...messageFields }),
  closed({ at, ...linkFields }),
  droppedEvent,
], {
  title: "amtctl apf monitor",
});

export type ApfMonitorOutput = Static<typeof ApfMonitorOutput>;
