import { CodecError } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import type { Outcome } from "./answer.ts";
import type { AskOptions, Conversation } from "./conversation.ts";

/**
 * One request and what its answer says: `silent` without one, `unsupported` when it is empty, `malformed` when
 * `interpret` throws a `CodecError`. After a malformed answer the next request goes over a new connection. Rejects as
 * `Conversation.ask` does, and with `indeterminate` when the answer to a change is malformed.
 */
export async function exchange<T>(
  conversation: Conversation,
  request: Uint8Array,
  interpret: (answer: Uint8Array) => Outcome<T>,
  options: AskOptions = {},
): Promise<Outcome<T>> {
  const answer = await conversation.ask(request, options);
  if (answer === undefined) return { ok: false, kind: "silent", reason: "the firmware did not answer in time" };
  if (answer.length === 0) return { ok: false, kind: "unsupported", reason: "the firmware's answer is empty" };
  const outcome = judged(interpret, answer);
  if (outcome.ok || outcome.kind !== "malformed") return outcome;
  await conversation.restart();
  if (!options.changes) return outcome;
  throw new AmtError("indeterminate", `a change was sent and its answer cannot be read: ${outcome.reason}`);
}

function judged<T>(interpret: (answer: Uint8Array) => Outcome<T>, answer: Uint8Array): Outcome<T> {
  try {
    return interpret(answer);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const field = error.path === "" ? "" : `${error.path}: `;
    return {
      ok: false,
      kind: "malformed",
      reason: `the firmware's answer does not fit: ${field}${error.message} at byte ${error.offset}`,
    };
  }
}
