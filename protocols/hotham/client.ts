import { decode, encode } from "../../core/binary/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { Outcome } from "../mei/answer.ts";
import { type AskOptions, Conversation } from "../mei/conversation.ts";
import { exchange } from "../mei/exchange.ts";
import { HOTHAM } from "../mei/known_clients.ts";
import { GetFlashLog, GetFlashLogSize, type HothamMessage, hothamRequest, hothamResponse } from "./message.ts";

const ANSWER_MS = 3000;

/** Most bytes of a flash log that the firmware tells. Source: rpc-go pkg/hotham, an answer of 8196 bytes. */
const MAX_LOG_BYTES = 8192;

/** The client that tells the firmware's flash log. */
export class HothamClient implements AsyncDisposable {
  readonly #conversation: Conversation;

  constructor(mei: MeiTransport, { answerMs = ANSWER_MS }: { readonly answerMs?: number } = {}) {
    this.#conversation = new Conversation(mei, HOTHAM, { answerMs });
  }

  /**
   * The flash log as it stands in the firmware, at most 8192 bytes; no bytes when nothing was noted. `malformed` when
   * the firmware tells of more, or gives fewer bytes than it told of. Rejects when there is no connection: as
   * `MeiTransport.connect`, or with `mei.reset`.
   */
  async flashLog({ signal }: Pick<AskOptions, "signal"> = {}): Promise<Outcome<Uint8Array>> {
    const size = await this.#call(GetFlashLogSize, signal);
    if (!size.ok) return size;
    if (size.data > MAX_LOG_BYTES) {
      return malformed(`the firmware tells of a log of ${size.data} bytes, more than ${MAX_LOG_BYTES}`);
    }
    if (size.data === 0) return { ok: true, data: new Uint8Array(0) };
    const log = await this.#call(GetFlashLog, signal);
    if (!log.ok) return log;
    if (log.data.length < size.data) {
      return malformed(`the firmware told of a log of ${size.data} bytes and gives ${log.data.length}`);
    }
    // What follows the log fills the firmware's buffer.
    return { ok: true, data: log.data.slice(0, size.data) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation[Symbol.asyncDispose]();
  }

  async #call<Response>(message: HothamMessage<Response>, signal: AbortSignal | undefined): Promise<Outcome<Response>> {
    const bytes = encode(hothamRequest(message), {});
    return await exchange(this.#conversation, bytes, (answer) => interpret(message, answer), { signal });
  }
}

function interpret<Response>(message: HothamMessage<Response>, answer: Uint8Array): Outcome<Response> {
  // A bare header with this as its last byte is how firmware refuses the command (rpc-go).
  if (answer.length === 4 && answer[3] === 0x89) {
    return { ok: false, kind: "unsupported", reason: "the firmware does not support it (result 89)", status: 0x89 };
  }
  const { code, data } = decode(hothamResponse(message), answer);
  if (data !== undefined) return { ok: true, data };
  return { ok: false, kind: "refused", reason: `the firmware refuses (code ${code.toString(16)})`, status: code };
}

function malformed(reason: string): Outcome<never> {
  return { ok: false, kind: "malformed", reason };
}
