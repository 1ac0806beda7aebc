import { decode, encode } from "../../core/binary/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { Outcome } from "../mei/answer.ts";
import { type AskOptions, Conversation } from "../mei/conversation.ts";
import { exchange } from "../mei/exchange.ts";
import { UPID } from "../mei/known_clients.ts";
import { type UpidMessage, upidRequest, upidResponse } from "./message.ts";
import { upidStatus, upidStatusText } from "./status.ts";

const ANSWER_MS = 3000;

/** The client that tells the unique platform id: many commands over one connection. */
export class UpidClient implements AsyncDisposable {
  readonly #conversation: Conversation;

  constructor(mei: MeiTransport, { answerMs = ANSWER_MS }: { readonly answerMs?: number } = {}) {
    this.#conversation = new Conversation(mei, UPID, { answerMs });
  }

  /**
   * Sends one command. Its answer is checked in this order: command, length, status, data. Rejects when there is no
   * connection: as `MeiTransport.connect`, or with `mei.reset`.
   */
  async call<Response>(
    message: UpidMessage<Response>,
    { signal }: Pick<AskOptions, "signal"> = {},
  ): Promise<Outcome<Response>> {
    const bytes = encode(upidRequest(message), {});
    return await exchange(this.#conversation, bytes, (answer) => interpret(message, answer), { signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation[Symbol.asyncDispose]();
  }
}

function interpret<Response>(message: UpidMessage<Response>, answer: Uint8Array): Outcome<Response> {
  const { status, data } = decode(upidResponse(message), answer);
  if (data !== undefined) return { ok: true, data };
  if (status === upidStatus.success) {
    return { ok: false, kind: "refused", reason: "this machine was not given one", status };
  }
  const kind = status === upidStatus.notSupported ? "unsupported" : "refused";
  return { ok: false, kind, reason: upidStatusText(status), status };
}
