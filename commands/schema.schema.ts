import { type Static, Type } from "typebox";

/** A JSON Schema, or with no command named an object of them all. */
export const SchemaOutput = Type.Record(Type.String(), Type.Unknown(), { title: "amtctl schema" });

export type SchemaOutput = Static<typeof SchemaOutput>;
