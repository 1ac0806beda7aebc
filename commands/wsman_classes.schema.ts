import { type Static, Type } from "typebox";
import { closed, orNull } from "./answer.schema.ts";

const field = closed({
  name: Type.String(),
  type: Type.String({ description: "text, bool, uint8 and the like, octets, datetime, interval, reference, embedded" }),
  list: Type.Boolean(),
  secret: Type.Boolean(),
  embedded: orNull(Type.String({ description: "The class of an embedded instance" })),
});

export const WsmanClassesOutput = closed({
  classes: Type.Array(closed({
    name: Type.String(),
    resourceUri: Type.String(),
    keys: Type.Array(Type.String()),
    single: Type.Boolean({ description: "It has one instance at most, so a get needs no selector" }),
    fields: Type.Array(field),
    readOnly: Type.Array(Type.String(), { description: "Fields that nobody can set" }),
    methods: Type.Array(closed({ name: Type.String(), input: Type.Array(field), output: Type.Array(field) })),
  })),
}, { title: "amtctl wsman classes" });

export type WsmanClassesOutput = Static<typeof WsmanClassesOutput>;
