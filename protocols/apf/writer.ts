import { encode } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import type { MeiConnection } from "../../transport/mei.ts";
import { ApfMessage } from "./messages.ts";
import type { Outgoing } from "./outbox.ts";

/** Answers that wait for the firmware to take them; a firmware that asks on and takes none is not served. */
const QUEUE_LIMIT = 1024;

/** Something that has messages to send, one at a time. */
export interface Source {
  readonly isReady: boolean;
  next(): Outgoing | undefined;
}

/**
 * The one writer of a session. Messages of the session itself go first; channels take turns, one message each, so that
 * none waits for more than one message of every other.
 */
export class MessageWriter {
  readonly #connection: MeiConnection;
  readonly #failed: (error: AmtError) => void;
  readonly #queue: Outgoing[] = [];
  readonly #turns = new Set<Source>();
  #run = Promise.resolve();
  #isRunning = false;
  #isStopped = false;
  #sent = 0;

  constructor(connection: MeiConnection, failed: (error: AmtError) => void) {
    this.#connection = connection;
    this.#failed = failed;
  }

  /** Messages that the driver took. */
  get sent(): number {
    return this.#sent;
  }

  /** A message is with the driver, which has not taken it yet. */
  get isSending(): boolean {
    return this.#isRunning;
  }

  send(message: ApfMessage): void {
    if (this.#isStopped) return;
    if (this.#queue.length >= QUEUE_LIMIT) {
      return this.#failed(new AmtError("firmware.protocol", `LME: ${QUEUE_LIMIT} answers wait to be taken`));
    }
    this.#queue.push({ message: encode(ApfMessage, message), settle() {} });
    this.#start();
  }

  /** `source` has something to send; it keeps its place in the turn when it is there already. */
  wake(source: Source): void {
    if (this.#isStopped || !source.isReady) return;
    this.#turns.add(source);
    this.#start();
  }

  /** Sends nothing more; resolves when what is with the driver is settled. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#queue.length = 0;
    this.#turns.clear();
    await this.#run;
  }

  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#run = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      try {
        await this.#connection.send(next.message);
      } catch (error) {
        const known = error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
        next.settle(known);
        this.#isStopped = true;
        this.#failed(known);
        break;
      }
      this.#sent++;
      next.settle();
    }
    this.#isRunning = false;
  }

  #next(): Outgoing | undefined {
    if (this.#isStopped) return undefined;
    const own = this.#queue.shift();
    if (own !== undefined) return own;
    for (const source of this.#turns) {
      this.#turns.delete(source);
      const outgoing = source.next();
      if (outgoing === undefined) continue;
      if (source.isReady) this.#turns.add(source);
      return outgoing;
    }
    return undefined;
  }
}
