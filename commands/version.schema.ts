import { type Static, Type } from "typebox";

export const VersionOutput = Type.Object({
  name: Type.Literal("amtctl"),
  version: Type.String(),
  commit: Type.Union([Type.String(), Type.Null()], { description: "Where a build was made from; null from sources" }),
  runtime: Type.Object({
    name: Type.Union([Type.Literal("deno"), Type.Literal("bun"), Type.Literal("node")]),
    version: Type.String(),
  }, { additionalProperties: false }),
  platform: Type.Object({ os: Type.String(), arch: Type.String() }, { additionalProperties: false }),
}, { title: "amtctl --version", additionalProperties: false });

export type VersionOutput = Static<typeof VersionOutput>;
