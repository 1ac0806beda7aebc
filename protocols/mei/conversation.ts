import { AmtError } from "../../core/errors/mod.ts";
import type { Guid } from "../../core/guid.ts";
import type { MeiConnection, MeiTransport } from "../../transport/mei.ts";
import { type KnownClient, knownClient } from "./known_clients.ts";

interface ConversationOptions {
  /** How long one answer is waited for, in ms. */
  readonly answerMs: number;
  /** How long a busy client is asked again when connecting, in ms. Default: the transport's. */
  readonly busyBudgetMs?: number | undefined;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** The request changes something, so that an answer that is lost is told as `indeterminate`. */
  readonly changes?: boolean | undefined;
}

/**
 * Requests and answers in turn with one client of the firmware, over one connection. It connects at the first request,
 * and again after {@link Conversation.restart}.
 */
export class Conversation implements AsyncDisposable {
  readonly #mei: MeiTransport;
  readonly #client: Guid;
  readonly #options: ConversationOptions;
  #connection: MeiConnection | undefined;

  constructor(mei: MeiTransport, client: Guid, options: ConversationOptions) {
    this.#mei = mei;
    this.#client = client;
    this.#options = options;
  }

  /**
   * The answer, or `undefined` when none came in time; the next request then goes over a new connection, since a late
   * answer would be taken for its own. Rejects as `MeiTransport.connect` and `MeiConnection` do, and with
   * `indeterminate` when the answer to a change was lost.
   */
  async ask(request: Uint8Array, { signal, changes = false }: AskOptions = {}): Promise<Uint8Array | undefined> {
    const { busyBudgetMs } = this.#options;
    const connection = this.#connection ??= await this.#mei.connect(this.#client, { signal, busyBudgetMs });
    let sent = false;
    try {
      await connection.send(request, { signal });
      sent = true;
      const answer = await this.#receive(connection, signal);
      if (answer !== undefined) return answer;
    } catch (error) {
      await this.restart();
      throw sent && changes ? lost(this.#client, error) : error;
    }
    await this.restart();
    if (changes) throw lost(this.#client, undefined);
    return undefined;
  }

  /** Ends the connection. The firmware's side of it may be out of step after an answer that does not fit. */
  async restart(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.restart();
  }

  async #receive(connection: MeiConnection, signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#options.answerMs);
    try {
      return await connection.receive({
        signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
      });
    } catch (error) {
      if (limit.signal.aborted && !signal?.aborted) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function lost(client: Guid, cause: unknown): AmtError {
  const name = (knownClient(client) as KnownClient | undefined)?.name ?? client;
  return new AmtError("indeterminate", `${name}: a change was sent and its answer was lost`, { cause });
}
