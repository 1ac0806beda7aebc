import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

export const ClientsOutput = closed({
  device: Type.String(),
  clients: Type.Array(closed({
    guid: Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
    name: orNull(Type.String()),
    purpose: orNull(Type.String()),
    protocolVersion: orNull(Type.Integer({ minimum: 0, maximum: 255 })),
    maxMessageLength: orNull(Type.Integer({ minimum: 0, description: "Bytes" })),
    maxConnections: orNull(Type.Integer({ minimum: 0, maximum: 255 })),
    fixedAddress: orNull(Type.Integer({ minimum: 0, maximum: 255, description: "0 for a dynamic address" })),
    vtag: orNull(Type.Boolean()),
    driver: orNull(Type.String({ description: "The kernel driver that holds it" })),
    sources: Type.Array(Type.Union([Type.Literal("sysfs"), Type.Literal("debugfs"), Type.Literal("probe")])),
  })),
  ...answerFields,
}, { title: "amtctl clients" });

export type ClientsOutput = Static<typeof ClientsOutput>;
