import { AmtError } from "../../core/errors/mod.ts";

/** The error for a trace that cannot be read from some place on. */
export function traceError(message: string, cause?: unknown): AmtError {
  return new AmtError("usage", message, {
    cause,
    hint: "What is before that place has been shown; the file is damaged there, or not what --trace writes",
  });
}
