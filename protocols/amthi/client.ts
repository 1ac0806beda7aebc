import { CodecError, decode, encode } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { amtStatusText } from "../mei/amt_status.ts";
import { AMTHI } from "../mei/known_clients.ts";
import type { Outcome } from "../mei/answer.ts";
import { type AskOptions, Conversation } from "../mei/conversation.ts";
import { exchange } from "../mei/exchange.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import { AmthiHeader, type AmthiMessage, amthiRequest, amthiResponse, amtStatus, RESPONSE } from "./message.ts";

/** What peers wait for one answer: rpc-go 3 s. */
const ANSWER_MS = 3000;
const HEADER_LENGTH = 12;
/** With the status, which even a refusal has. */
const SHORTEST_ANSWER = HEADER_LENGTH + 4;

/**
 * Statuses by which firmware says that it does not know a command, where other releases answer nothing. Our requests
 * have the lengths of the tables, so INVALID_MESSAGE_LENGTH speaks of another form of the command. INTERNAL_ERROR too
 * is such an answer in the field; but where a change was asked for, the change may have failed, so there it refuses.
 */
const UNSUPPORTED: readonly number[] = [
  amtStatus.invalidMessageLength,
  amtStatus.unsupportedObject,
  amtStatus.unsupported,
];

/** AMT's host interface: many commands over one connection. */
export class AmthiClient implements AsyncDisposable {
  readonly #conversation: Conversation;

  constructor(mei: MeiTransport, { answerMs = ANSWER_MS }: { readonly answerMs?: number } = {}) {
    this.#conversation = new Conversation(mei, AMTHI, { answerMs });
  }

  /**
   * Sends one command. Its answer is checked in this order: command, length, status, data. Rejects when there is no
   * connection: as `MeiTransport.connect`, with `mei.reset`, or with `indeterminate` when a change's answer is lost
   * or cannot be read; with `usage` when a value of the request does not fit its field.
   */
  async call<Request, Response>(
    message: AmthiMessage<Request, Response>,
    request: Request,
    { signal }: Pick<AskOptions, "signal"> = {},
  ): Promise<Outcome<Response>> {
    const { changes } = message;
    const bytes = bytesOf(message, request);
    return await exchange(this.#conversation, bytes, (answer) => interpret(message, answer), { signal, changes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation[Symbol.asyncDispose]();
  }
}

function bytesOf<Request>(message: AmthiMessage<Request, unknown>, request: Request): Uint8Array {
  try {
    return encode(amthiRequest(message), request);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new AmtError("usage", `${message.name}, ${error.path.slice(1)}: ${error.message}`, { cause: error });
  }
}

function interpret<Response>(message: AmthiMessage<unknown, Response>, answer: Uint8Array): Outcome<Response> {
  if (answer.length < SHORTEST_ANSWER) {
    return malformed(`the answer has ${answer.length} bytes, the shortest one has ${SHORTEST_ANSWER}`);
  }
  const { command, length } = decode(AmthiHeader, answer.subarray(0, HEADER_LENGTH));
  if (command !== message.command + RESPONSE) return malformed(`the answer is to command 0x${command.toString(16)}`);
  if (length !== answer.length - HEADER_LENGTH) {
    return malformed(`the answer's header says ${length} bytes, ${answer.length - HEADER_LENGTH} follow it`);
  }
  const { status, data } = decode(amthiResponse(message), answer);
  if (status === amtStatus.success) return { ok: true, data: data! };
  const isUnknown = UNSUPPORTED.includes(status) || (status === amtStatus.internalError && !message.changes);
  return { ok: false, kind: isUnknown ? "unsupported" : "refused", reason: amtStatusText(status), status };
}

function malformed(reason: string): Outcome<never> {
  return { ok: false, kind: "malformed", reason };
}
