import { AmtError } from "../core/errors/mod.ts";

/** Throws `usage` for a message that the driver would not send: an empty one, or one above the client's maximum. */
export function checkMessageSize(subject: string, message: Uint8Array, maxMessageLength: number): void {
  if (message.length > 0 && message.length <= maxMessageLength) return;
  throw new AmtError(
    "usage",
    `${subject}: a message of ${message.length} bytes, where 1 to ${maxMessageLength} are allowed`,
    { hint: "Send a message of that size", details: { maxMessageLength } },
  );
}
