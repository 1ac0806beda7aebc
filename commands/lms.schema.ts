import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import { tunnelEvents } from "./tunnel.schema.ts";

const at = Type.String({ description: "Time of day, ISO 8601" });
const count = Type.Integer({ minimum: 0 });
const port = Type.Integer({ minimum: 1, maximum: 65535 });

const status = closed({
  at,
  event: Type.Literal("status"),
  pid: orNull(count),
  ports: Type.Array(port, { description: "Served on this machine" }),
  forwards: Type.Array(closed({ address: Type.String(), port })),
  resets: Type.Integer({ minimum: 0, description: "How often the link was lost" }),
  sessions: Type.Array(closed({
    id: Type.Integer({ minimum: 1 }),
    port,
    from: Type.String(),
    state: Type.Enum(["opening", "open"]),
    bytesSent: count,
    bytesReceived: count,
    sendWindowBytes: count,
    receiveWindowBytes: count,
  })),
  link: orNull(closed({
    messagesReceived: count,
    messagesSent: count,
    channels: count,
    opening: count,
    waiting: count,
    ignored: closed({
      empty: count,
      unknownType: count,
      unknownChannel: count,
      unservedRequest: count,
      unexpected: count,
    }),
  }, { description: "Of the session with LME; null while there is none" })),
});

export const LmsOutput = Type.Union([
  ...tunnelEvents,
  closed({
    at,
    event: Type.Literal("alert"),
    messageId: Type.String(),
    argument: Type.String(),
    message: Type.String(),
    meaning: orNull(Type.String()),
  }),
  closed({
    at,
    event: Type.Literal("hostName"),
    name: Type.String(),
    mapped: Type.Boolean({ description: "Whether the hosts file leads it to this machine now" }),
  }),
  closed({ at, event: Type.Literal("problem"), reason: Type.String(), code: Type.String(), hint: Type.String() }),
  status,
], { title: "amtctl lms" });

export type LmsOutput = Static<typeof LmsOutput>;
