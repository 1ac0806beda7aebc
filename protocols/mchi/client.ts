import { CodecError, decode, encode } from "../../core/binary/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { Outcome } from "../mei/answer.ts";
import { type AskOptions, Conversation } from "../mei/conversation.ts";
import { exchange } from "../mei/exchange.ts";
import { MCHI } from "../mei/known_clients.ts";
import { ReadFileExRequest, ReadFileExResponse } from "./message.ts";

const ANSWER_MS = 3000;

/** Results as MKHI has them, by which firmware says that it does not know the command. */
const UNSUPPORTED: readonly number[] = [0x89, 0x8d];
/** Of the results of file commands Intel LMS names this one alone. */
const NO_FILE = 0x03;

/** The client of manufacturing and configuration: reads files of the firmware. */
export class MchiClient implements AsyncDisposable {
  readonly #conversation: Conversation;

  constructor(mei: MeiTransport, { answerMs = ANSWER_MS }: { readonly answerMs?: number } = {}) {
    this.#conversation = new Conversation(mei, MCHI, { answerMs });
  }

  /**
   * `size` bytes of a file from `offset` on, or fewer where it ends; more is `malformed`. Rejects when there is no
   * connection: as `MeiTransport.connect`, or with `mei.reset`.
   */
  async readFile(
    part: { readonly file: number; readonly offset: number; readonly size: number },
    { signal }: Pick<AskOptions, "signal"> = {},
  ): Promise<Outcome<Uint8Array>> {
    const request = encode(ReadFileExRequest, { ...part, flags: 0 });
    return await exchange(this.#conversation, request, (answer) => interpret(part.size, answer), { signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation[Symbol.asyncDispose]();
  }
}

function interpret(size: number, answer: Uint8Array): Outcome<Uint8Array> {
  const { result, data } = decode(ReadFileExResponse, answer);
  if (data === undefined) {
    const kind = UNSUPPORTED.includes(result) ? "unsupported" : "refused";
    return { ok: false, kind, reason: resultText(result), status: result };
  }
  if (data.length > size) {
    throw new CodecError("value", `${data.length} bytes where ${size} were asked for`, 4, ".data");
  }
  return { ok: true, data };
}

function resultText(result: number): string {
  const number = `result ${result.toString(16).toUpperCase().padStart(2, "0")}`;
  if (result === NO_FILE) return `there is no such file (${number})`;
  return UNSUPPORTED.includes(result) ? `the firmware does not know this command (${number})` : number;
}
