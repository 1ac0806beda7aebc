import { CodecError, decode, encode } from "../../core/binary/mod.ts";
import { abortError, AmtError, type ErrorDetails } from "../../core/errors/mod.ts";
import type { MeiConnection, MeiTransport, WaitOptions } from "../../transport/mei.ts";
import { WATCHDOG } from "../mei/known_clients.ts";
import { watchdogRequest } from "./message.ts";
import { checkWatchdogTimeout } from "./timeout.ts";
import { StartResponse, StartWatchdog, StopWatchdog } from "./watchdog.ts";

/** Much longer than any acknowledgement takes; mei_wdt itself waits for ever. */
const ANSWER_MS = 5000;
/**
 * After a message without acknowledgement: time for the empty one that may follow a stop, and for the driver to send
 * what it had to queue. Linux drops that when the connection is closed.
 */
const LEAVE_MS = 500;
/** Who holds this client is mostly mei_wdt, which does not let go by itself. */
const BUSY_BUDGET_MS = 300;

export interface WatchdogSessionOptions {
  /** How long an acknowledgement is waited for, in ms. */
  readonly answerMs?: number;
  /** How long a message without acknowledgement is given to leave, in ms. */
  readonly leaveMs?: number;
  /** How long a busy client is asked again, in ms. */
  readonly busyBudgetMs?: number;
}

/** What came of one heartbeat. */
export interface Heartbeat {
  /** The firmware confirmed it. Clients of protocol version 1 confirm nothing. */
  readonly acknowledged: boolean;
  /** The firmware's word, 0 for success; `null` without acknowledgement. */
  readonly status: number | null;
  /** The firmware does not want heartbeats now, and the watchdog does not run. */
  readonly notRequired: boolean;
  /** From sending to the acknowledgement. */
  readonly roundTripMs: number | null;
}

/**
 * AMT's OS-health watchdog over its own client, without the kernel's driver. It connects at the first call, and again
 * after an error that ended the connection. One call at a time. Disposal sends nothing: what firmware then does with a
 * watchdog that runs is not known from any source.
 */
export class WatchdogSession implements AsyncDisposable {
  readonly #mei: MeiTransport;
  readonly #answerMs: number;
  readonly #leaveMs: number;
  readonly #busyBudgetMs: number;
  #connection: MeiConnection | undefined;
  /** The empty message of a stop can still come. */
  #emptyDue = false;
  /** The last message was a start that is not acknowledged, and may not have left. */
  #mayBeQueued = false;

  constructor(mei: MeiTransport, options: WatchdogSessionOptions = {}) {
    this.#mei = mei;
    this.#answerMs = options.answerMs ?? ANSWER_MS;
    this.#leaveMs = options.leaveMs ?? LEAVE_MS;
    this.#busyBudgetMs = options.busyBudgetMs ?? BUSY_BUDGET_MS;
  }

  /** Protocol version of the client; `undefined` while not connected. */
  get protocolVersion(): number | undefined {
    return this.#connection?.protocolVersion;
  }

  /**
   * Starts the watchdog, or keeps it from running out: one message does both, 23 bytes of it, where kernels before 4.5
   * sent 20. From protocol version 2 on it waits for the acknowledgement. Rejects as `MeiTransport.connect` does
   * (`mei.busy` while mei_wdt holds the client); with `usage` for a timeout out of range, `firmware.refused` for a
   * status; and, with the connection then ended, with `firmware.protocol` for an answer that is none and
   * `indeterminate` when the answer is lost. These two have the details `armed: "unknown"`, and `timeoutSeconds`, in
   * which it runs out if it runs.
   */
  async beat(timeoutSeconds: number, { signal }: WaitOptions = {}): Promise<Heartbeat> {
    checkWatchdogTimeout(timeoutSeconds);
    const connection = await this.#connected(signal);
    const request = encode(watchdogRequest(StartWatchdog), { timeoutSeconds });
    const sentAt = performance.now();
    await this.#send(connection, request, signal);
    const known = { armed: "unknown", timeoutSeconds } as const;
    if (connection.protocolVersion <= 1) {
      this.#mayBeQueued = true;
      return { acknowledged: false, status: null, notRequired: false, roundTripMs: null };
    }
    const answer = await this.#acknowledgement(connection, known, signal);
    const roundTripMs = performance.now() - sentAt;
    const { status, state } = await this.#understood(answer, known);
    if (status !== 0) {
      throw new AmtError("firmware.refused", `${StartWatchdog.name}: the firmware answered status ${status}`, {
        details: { status },
      });
    }
    return { acknowledged: true, status, notRequired: state.notRequired === 1, roundTripMs };
  }

  /**
   * Stops the watchdog. The firmware confirms nothing; an empty message may follow, and is waited for a little.
   * Rejects as {@link WatchdogSession.beat}.
   */
  async stop({ signal }: WaitOptions = {}): Promise<void> {
    const connection = await this.#connected(signal);
    await this.#send(connection, encode(watchdogRequest(StopWatchdog), {}), signal);
    this.#emptyDue = true;
    this.#mayBeQueued = false;
    const known = { armed: "unknown" } as const;
    let answer: Uint8Array | undefined;
    try {
      answer = await receiveWithin(connection, this.#leaveMs, signal);
    } catch (error) {
      await this.#end();
      throw lost(StopWatchdog.name, known, error);
    }
    if (answer === undefined) return;
    this.#emptyDue = false;
    if (answer.length === 0) return;
    await this.#end();
    throw new AmtError("firmware.protocol", `${StopWatchdog.name}: an answer of ${answer.length} bytes`, {
      details: known,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection;
    if (this.#mayBeQueued && connection !== undefined) {
      await receiveWithin(connection, this.#leaveMs, undefined).catch(() => {});
    }
    await this.#end();
  }

  async #connected(signal: AbortSignal | undefined): Promise<MeiConnection> {
    this.#connection ??= await this.#mei.connect(WATCHDOG, { signal, busyBudgetMs: this.#busyBudgetMs });
    return this.#connection;
  }

  async #send(connection: MeiConnection, message: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    try {
      await connection.send(message, { signal });
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  async #acknowledgement(
    connection: MeiConnection,
    known: ErrorDetails,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    let answer: Uint8Array | undefined;
    let cause: unknown;
    try {
      answer = await receiveWithin(connection, this.#answerMs, signal);
      if (answer?.length === 0 && this.#emptyDue) answer = await receiveWithin(connection, this.#answerMs, signal);
    } catch (error) {
      cause = error;
    }
    this.#emptyDue = false;
    if (answer !== undefined) return answer;
    await this.#end();
    throw lost(StartWatchdog.name, known, cause);
  }

  async #understood(answer: Uint8Array, known: ErrorDetails): Promise<StartResponse> {
    try {
      return decode(StartResponse, answer);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      await this.#end();
      const what = answer.length === 0 ? "an empty answer" : `${error.message} at byte ${error.offset} of the answer`;
      throw new AmtError("firmware.protocol", `${StartWatchdog.name}: ${what}`, { details: known, cause: error });
    }
  }

  async #end(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#emptyDue = false;
    this.#mayBeQueued = false;
    await connection?.[Symbol.asyncDispose]();
  }
}

/** The next message, or `undefined` when none comes in time. */
async function receiveWithin(
  connection: MeiConnection,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  try {
    return await connection.receive({
      signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
    });
  } catch (error) {
    if (signal?.aborted) throw abortError(signal, "watchdog");
    if (limit.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function lost(name: string, details: ErrorDetails, cause: unknown): AmtError {
  return new AmtError("indeterminate", `${name}: it was sent and its answer was lost`, { details, cause });
}
