import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";

const event = <const E extends string>(name: E) => ({
  at: Type.String({ description: "Time of day, ISO 8601" }),
  event: Type.Literal(name),
});
const port = Type.Integer({ minimum: 1, maximum: 65535 });
const session = { id: Type.Integer({ minimum: 1 }), port, from: Type.String({ description: "The program's end" }) };
const bytes = Type.Integer({ minimum: 0 });

/** Stands for events that came while too many waited for whoever reads them. */
export const droppedEvent = closed({ ...event("dropped"), count: Type.Integer({ minimum: 1 }) });

/** Events of whatever carries connections to the firmware. */
export const tunnelEvents = [
  closed({
    ...event("connected"),
    protocolVersion: Type.Integer({ minimum: 0, maximum: 255 }),
    maxMessageLength: Type.Integer({ minimum: 0 }),
  }),
  closed({ ...event("forward"), address: Type.String(), port }),
  closed({ ...event("cancel"), address: Type.String(), port }),
  closed({ ...event("lost"), reason: Type.String(), code: Type.String() }),
  closed({ ...event("listening"), port, addresses: Type.Array(Type.String()) }),
  closed({ ...event("portTaken"), port, reason: Type.String(), holder: orNull(Type.String()) }),
  closed({ ...event("waiting"), ...session }),
  closed({ ...event("opened"), ...session }),
  closed({
    ...event("closed"),
    ...session,
    bytesSent: bytes,
    bytesReceived: bytes,
    reason: orNull(Type.String({ description: "Why bytes may be missing" })),
    code: orNull(Type.String()),
  }),
  droppedEvent,
] as const;

export const TunnelOutput = Type.Union([...tunnelEvents], { title: "amtctl tunnel" });

export type TunnelOutput = Static<typeof TunnelOutput>;
