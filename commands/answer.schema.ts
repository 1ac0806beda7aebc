import { Type } from "typebox";

/** Fields that every answer about a machine ends with. */
export const answerFields = {
  unavailable: Type.Array(
    Type.Object({ field: Type.String(), reason: Type.String() }, { additionalProperties: false }),
    { description: "Parts that could not be had" },
  ),
  warnings: Type.Array(Type.String()),
};

/** A value that may be unknown. */
export function orNull<const T extends Parameters<typeof Type.Array>[0]>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** An object of which no field may be left out, and none added. */
export function closed<const T extends Parameters<typeof Type.Object>[0]>(
  fields: T,
  options: { title?: string; description?: string } = {},
) {
  return Type.Object(fields, { ...options, additionalProperties: false });
}
