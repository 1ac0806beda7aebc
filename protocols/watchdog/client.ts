import { CodecError, decode, encode } from "../../core/binary/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { Outcome } from "../mei/answer.ts";
import { type AskOptions, Conversation } from "../mei/conversation.ts";
import { exchange } from "../mei/exchange.ts";
import { WATCHDOG } from "../mei/known_clients.ts";
import { watchdogRequest } from "./message.ts";
import type { StateMessage } from "./state_independence.ts";

/** What peers wait for one answer: rpc-go 3 s. */
const ANSWER_MS = 3000;
/** Who holds this client is mostly mei_wdt, which does not let go by itself. */
const BUSY_BUDGET_MS = 300;

interface StateIndependenceOptions {
  /** How long one answer is waited for, in ms. */
  readonly answerMs?: number;
  /** How long a busy client is asked again, in ms. */
  readonly busyBudgetMs?: number;
}

/** The commands that AMT answers in every state, over the client that they share with the watchdog. */
export class StateIndependenceClient implements AsyncDisposable {
  readonly #conversation: Conversation;

  constructor(
    mei: MeiTransport,
    { answerMs = ANSWER_MS, busyBudgetMs = BUSY_BUDGET_MS }: StateIndependenceOptions = {},
  ) {
    this.#conversation = new Conversation(mei, WATCHDOG, { answerMs, busyBudgetMs });
  }

  /**
   * Sends one command. Rejects when there is no connection: as `MeiTransport.connect` (`mei.busy` while the driver
   * mei_wdt holds the client), with `mei.reset`, or with `indeterminate` when a change's answer is lost.
   */
  async call<Request, Response>(
    message: StateMessage<Request, Response>,
    request: Request,
    { signal }: Pick<AskOptions, "signal"> = {},
  ): Promise<Outcome<Response>> {
    const bytes = encode(watchdogRequest(message), request);
    const { changes } = message;
    return await exchange(this.#conversation, bytes, (answer) => interpret(message, answer), { signal, changes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation[Symbol.asyncDispose]();
  }
}

function interpret<Response>(
  { answers, reads = Infinity }: StateMessage<unknown, Response>,
  answer: Uint8Array,
): Outcome<Response> {
  const counted = answer.subarray(0, reads);
  const form = answers.find(({ size }) => size === counted.length);
  if (form === undefined) throw new CodecError("value", `no form of it has ${answer.length} bytes`, 0);
  const data = decode(form, counted);
  const status = statusOf(data);
  return status === 0 ? { ok: true, data } : { ok: false, kind: "refused", reason: statusText(status), status };
}

function statusOf(data: unknown): number {
  return typeof data === "object" && data !== null && "status" in data ? Number(data.status) : 0;
}

/** Those of AMT's statuses that these commands are known to answer. */
function statusText(status: number): string {
  const text = new Map([
    [0x01, "internal error"],
    [0x02, "AMT is not ready"],
    [0x03, "AMT is set up; it can be disabled only when it is not"],
    [0x10, "not permitted"],
  ]).get(status);
  return `the firmware refuses: ${text ?? "a status without a name"} (0x${status.toString(16)})`;
}
