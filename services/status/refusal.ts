import { AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import type { Outcome, RefusalKind } from "../../protocols/mei/answer.ts";

/** For each kind its code, and what to do where the catalog's hint does not fit. */
const meanings: Readonly<Record<RefusalKind, readonly [code: ErrorCode, hint?: string]>> = {
  unsupported: [
    "firmware.refused",
    "This firmware does not know the question, or AMT is switched off: amtctl doctor tells them apart",
  ],
  refused: ["firmware.refused", "AMT's state decides what it answers: amtctl status tells it"],
  malformed: ["firmware.protocol"],
  silent: ["timeout", "Try again; if it stays so, amtctl doctor looks for the cause"],
};

/** The error that an answer without data is where its value alone is asked for. */
export function refusalError({ kind, reason, status }: Outcome<unknown> & { readonly ok: false }): AmtError {
  const [code, hint] = meanings[kind];
  return new AmtError(code, reason, {
    details: status === undefined ? {} : { status },
    ...(hint === undefined ? {} : { hint }),
  });
}
