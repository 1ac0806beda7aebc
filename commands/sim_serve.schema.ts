import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";
import { droppedEvent } from "./tunnel.schema.ts";

const at = Type.String({ description: "Time of day, ISO 8601" });
const place = orNull(Type.String({ description: "ADDRESS:PORT" }));

export const SimServeOutput = Type.Union([
  closed({
    at,
    event: Type.Literal("listening"),
    profile: Type.String(),
    plain: place,
    tls: place,
    user: Type.String(),
    password: Type.String({ description: "Of a simulated account, and no secret" }),
    authority: orNull(Type.String({ description: "Certificate in PEM that signed the one of the port with TLS" })),
  }),
  closed({
    at,
    event: Type.Literal("screen"),
    code: orNull(Type.String({ description: "The code of the user's consent; null when it goes" })),
  }),
  droppedEvent,
], { title: "amtctl sim serve" });

export type SimServeOutput = Static<typeof SimServeOutput>;
