import { CodecError } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { disconnectReasons } from "./reasons.ts";

/** A reason of DISCONNECT. */
export const PROTOCOL_ERROR = 2;

/** A message that ends the session. */
export class SessionEnd extends Error {
  override readonly name = "SessionEnd";
  readonly error: AmtError;
  /** What the firmware is told, by DISCONNECT; `undefined` for nothing. */
  readonly farewell: number | undefined;

  constructor(error: AmtError, farewell?: number) {
    super(error.message);
    this.error = error;
    this.farewell = farewell;
  }
}

/** The firmware does what the protocol does not allow. */
export function violation(detail: string, farewell = PROTOCOL_ERROR): SessionEnd {
  return new SessionEnd(new AmtError("firmware.protocol", `LME: ${detail}`), farewell);
}

/** How a session ends by `thrown`, which came up while it dealt with a message. */
export function sessionEnd(thrown: unknown): SessionEnd {
  if (thrown instanceof SessionEnd) return thrown;
  if (thrown instanceof AmtError) return new SessionEnd(thrown);
  if (!(thrown instanceof CodecError)) {
    return new SessionEnd(new AmtError("unexpected", `LME: ${thrown}`, { cause: thrown }));
  }
  const { path, offset, message } = thrown;
  const where = path === "" ? "message" : path;
  const error = new AmtError("firmware.protocol", `LME: ${where}: ${message}, at byte ${offset}`, {
    details: { field: path, offset },
    cause: thrown,
  });
  return new SessionEnd(error, PROTOCOL_ERROR);
}

/** The firmware said DISCONNECT. */
export function disconnected(reason: number): SessionEnd {
  const known = disconnectReasons[reason];
  const why = known === undefined ? `reason ${reason}` : `${known.name}, ${known.text}`;
  const details = { reason, ...(known && { reasonName: known.name }) };
  return new SessionEnd(new AmtError("firmware.refused", `LME: the firmware ended the session: ${why}`, { details }));
}
