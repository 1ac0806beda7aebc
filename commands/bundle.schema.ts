import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

const Manifest = Type.Object({
  format: Type.Literal("amtctl bundle"),
  formatVersion: Type.Integer({ minimum: 1 }),
  amtctl: Type.String({ description: "Version of the program that made it" }),
  time: Type.String(),
  device: orNull(Type.String()),
  runtime: Type.String(),
  system: Type.String(),
  identifying: Type.Boolean({ description: "false: placeholders stand for identifying values" }),
  files: Type.Array(Type.Object({
    name: Type.String(),
    size: Type.Integer({ minimum: 0, description: "Bytes" }),
    sha256: Type.String(),
    error: orNull(Type.String({ description: "Why this part could not be had" })),
  })),
});

const Made = closed({
  action: Type.Literal("make"),
  file: Type.String({ description: "- for standard output" }),
  size: Type.Integer({ minimum: 0, description: "Bytes" }),
  archive: orNull(Type.String({ description: "The bundle itself in hex, when it goes to standard output" })),
  manifest: Manifest,
  ...answerFields,
});

const Shown = closed({
  action: Type.Literal("show"),
  file: Type.String(),
  manifest: Manifest,
  parts: Type.Record(Type.String(), Type.Object({}), {
    description: "By name, as the commands of that program answered: status, doctor, ...",
  }),
  ...answerFields,
});

export const BundleOutput = Type.Union([Made, Shown], { title: "amtctl bundle" });

export type BundleOutput = Static<typeof BundleOutput>;
