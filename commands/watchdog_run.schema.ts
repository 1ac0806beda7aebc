import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import { armed, beat } from "./watchdog_ping.schema.ts";

const at = Type.String({ description: "Time of day, ISO 8601" });
const event = <const E extends string>(name: E) => ({ at, event: Type.Literal(name) });

/** One event. */
export const WatchdogRunOutput = Type.Union([
  closed({
    ...event("registered"),
    via: Type.Enum(["kernel", "mei"]),
    path: orNull(Type.String({ description: "The kernel's watchdog" })),
    timeoutSeconds: Type.Integer({ minimum: 0 }),
  }),
  closed({ ...event("heartbeat"), ...beat }),
  closed(event("notRequired")),
  closed({
    ...event("unhealthy"),
    reason: Type.String(),
    armed,
    expiresInSeconds: orNull(Type.Integer({ minimum: 0 })),
  }),
  closed(event("healthy")),
  closed(event("expired")),
  closed({ ...event("lost"), reason: Type.String(), code: Type.String() }),
  closed({ ...event("suspended"), seconds: Type.Integer({ minimum: 0 }) }),
  closed({ ...event("ended"), reason: Type.String(), armed }),
], { title: "amtctl watchdog run" });

export type WatchdogRunOutput = Static<typeof WatchdogRunOutput>;
