import { type Static, Type } from "typebox";
import { catalog, type ErrorCode, exitCodes } from "../core/errors/mod.ts";
import { closed } from "./answer.schema.ts";

const codes = Object.keys(catalog) as ErrorCode[];
const failures = Object.keys(exitCodes).map(Number).filter((code) => code !== 0);

export const ErrorOutput = closed({
  error: closed({
    code: Type.Union(codes.map((code) => Type.Literal(code))),
    exitCode: Type.Union(failures.map((code) => Type.Literal(code))),
    message: Type.String(),
    hint: Type.String({ description: "What to do next" }),
    details: Type.Record(Type.String(), Type.Unknown()),
  }),
}, { title: "What stands on standard error with --json when a command fails" });

export type ErrorOutput = Static<typeof ErrorOutput>;
