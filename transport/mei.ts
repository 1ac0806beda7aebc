import type { Guid } from "../core/guid.ts";

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long a busy client is asked again, in ms; 0 asks once. Default 2000. */
  readonly busyBudgetMs?: number | undefined;
  /** Messages come unasked, so that one which arrives says nothing of those that were sent. Default false. */
  readonly unasked?: boolean | undefined;
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A Management Engine: whole messages, one firmware client a connection. */
export interface MeiTransport {
  /**
   * Connects to one client of the firmware. Rejects with `AmtError`: `mei.clientNotOffered`, `mei.busy`, `mei.absent`, `mei.permission`, `mei.notReady`, `timeout`, `cancelled`.
   */
  connect(client: Guid, options?: ConnectOptions): Promise<MeiConnection>;
}

/**
 * One connection to one client of the firmware. Messages keep their boundaries and their order. After a reset of the
 * link every method rejects with `mei.reset`; after disposal with `mei.closed`. Disposal ends pending waits first.
 */
export interface MeiConnection extends AsyncDisposable {
  /** Bytes that one message may have, in either direction. */
  readonly maxMessageLength: number;
  readonly protocolVersion: number;
  /**
   * Resolves when the message is queued, after all before it have left; says nothing of its acceptance. Too long:
   * `usage`.
   */
  send(message: Uint8Array, options?: WaitOptions): Promise<void>;
  /** The next message; an empty one is an answer, not the end. One receive at a time. */
  receive(options?: WaitOptions): Promise<Uint8Array>;
}
