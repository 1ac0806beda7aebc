import { decode, encode } from "../../core/binary/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { Outcome } from "../mei/answer.ts";
import { type AskOptions, Conversation } from "../mei/conversation.ts";
import { exchange } from "../mei/exchange.ts";
import { MKHI } from "../mei/known_clients.ts";
import { type MkhiMessage, mkhiRequest, mkhiResponse } from "./message.ts";
import { mkhiResultText, saysUnsupported } from "./result.ts";

/** Firmware stays silent on groups that it does not know, so an answer is not waited for as long as elsewhere. */
const ANSWER_MS = 500;

/** The kernel host interface, which all firmware has: many commands over one connection. */
export class MkhiClient implements AsyncDisposable {
  readonly #conversation: Conversation;

  constructor(mei: MeiTransport, { answerMs = ANSWER_MS }: { readonly answerMs?: number } = {}) {
    this.#conversation = new Conversation(mei, MKHI, { answerMs });
  }

  /**
   * Sends one command. Its answer is checked in this order: group and command, result, data. Rejects when there is no
   * connection: as `MeiTransport.connect`, with `mei.reset`, or with `indeterminate` when a change's answer is lost.
   */
  async call<Request, Response>(
    message: MkhiMessage<Request, Response>,
    request: Request,
    { signal }: Pick<AskOptions, "signal"> = {},
  ): Promise<Outcome<Response>> {
    const bytes = encode(mkhiRequest(message), request);
    const { changes } = message;
    return await exchange(this.#conversation, bytes, (answer) => interpret(message, answer), { signal, changes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation[Symbol.asyncDispose]();
  }
}

function interpret<Response>(message: MkhiMessage<unknown, Response>, answer: Uint8Array): Outcome<Response> {
  const { result, data } = decode(mkhiResponse(message), answer);
  if (data !== undefined) return { ok: true, data };
  const kind = saysUnsupported(result) ? "unsupported" : "refused";
  return { ok: false, kind, reason: mkhiResultText(result), status: result };
}
