import { catalog, type ErrorCode, type ExitCode } from "./catalog.ts";

/** Facts about an error that a program can read; they end up in `--json`, so never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface AmtErrorOptions {
  readonly details?: ErrorDetails;
  /** What to do next, where more is known than the catalog's hint says. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Everything that amtctl reports: a code of the catalog, a message with a subject and a value, and what to do next. */
export class AmtError extends Error {
  override readonly name = "AmtError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: AmtErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? catalog[code].hint;
    this.details = options.details ?? {};
  }

  get exitCode(): ExitCode {
    return catalog[this.code].exit;
  }
}

/** The error as data, as it stands in `--json`. */
export function errorData(error: AmtError) {
  return {
    error: {
      code: error.code,
      exitCode: error.exitCode,
      message: error.message,
      hint: error.hint,
      details: error.details,
    },
  };
}
