import { AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import type { ApfChannel } from "../../protocols/apf/mod.ts";
import type { LocalStream } from "../../transport/local_stream.ts";
import { Lookout } from "./lookout.ts";
import { relay } from "./relay.ts";
import type { Tunnel } from "./tunnel.ts";

/** One connection of a local program through the tunnel. */
export interface SessionInfo {
  id: number;
  port: number;
  /** The program's end, `127.0.0.1:40312`. */
  from: string;
  /** `opening` until the firmware has confirmed it. */
  state: "opening" | "open";
  /** Bytes to and from the firmware. */
  bytesSent: number;
  bytesReceived: number;
  /** Bytes that the firmware takes, and may send, now. */
  sendWindowBytes: number;
  receiveWindowBytes: number;
}

export type SessionEvent =
  /** The firmware has no more than eight connections at a time; this one waits for another to end. */
  | { event: "waiting"; id: number; port: number; from: string }
  | { event: "opened"; id: number; port: number; from: string }
  | {
    event: "closed";
    id: number;
    port: number;
    from: string;
    bytesSent: number;
    bytesReceived: number;
    /** Why bytes may be missing; `null` when none are. */
    reason: string | null;
    code: ErrorCode | null;
  };

export interface SessionOptions {
  readonly signal: AbortSignal;
  /** The address that the program connected to. */
  readonly address?: string;
}

interface Session {
  readonly local: LocalStream;
  readonly port: number;
  /** Fires when it need not be opened any more. */
  readonly opening: AbortController;
  channel: ApfChannel | undefined;
  isWaiting: boolean;
}

/**
 * The connections through one tunnel. While one waits for its turn it is looked for programs that are gone without a
 * word, which end the turns of others. Disposal, which comes after the tunnel's, ends all, and their ends were told when
 * it resolves.
 */
export class Sessions implements AsyncDisposable {
  readonly #tunnel: Tunnel;
  readonly #told: (event: SessionEvent) => void;
  readonly #sessions = new Map<number, Session>();
  readonly #serving = new Set<Promise<unknown>>();
  readonly #lookout = new Lookout(() => this.#look());
  #last = 0;

  constructor(tunnel: Tunnel, told: (event: SessionEvent) => void = () => {}) {
    this.#tunnel = tunnel;
    this.#told = told;
  }

  list(): SessionInfo[] {
    return [...this.#sessions].map(([id, { port, local: { name: from }, channel }]) => {
      const { bytesSent = 0, bytesReceived = 0, sendWindowBytes = 0, receiveWindowBytes = 0 } = channel?.stats() ?? {};
      const state = channel === undefined ? "opening" : "open";
      return { id, port, from, state, bytesSent, bytesReceived, sendWindowBytes, receiveWindowBytes };
    });
  }

  /** Carries one connection to a port of AMT's; answers the error that ended it, if one did. Never rejects. */
  async serve(local: LocalStream, port: number, options: SessionOptions): Promise<AmtError | undefined> {
    const serving = this.#serve(local, port, options);
    this.#serving.add(serving);
    try {
      return await serving;
    } finally {
      this.#serving.delete(serving);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A program that has its answer and does not leave.
    for (const { local } of this.#sessions.values()) local.destroy(false);
    await Promise.all(this.#serving);
    this.#lookout[Symbol.dispose]();
  }

  async #serve(
    local: LocalStream,
    port: number,
    { signal, address = "127.0.0.1" }: SessionOptions,
  ): Promise<AmtError | undefined> {
    const id = ++this.#last;
    const { name: from, remote } = local;
    const opening = new AbortController();
    const session: Session = { local, port, opening, channel: undefined, isWaiting: false };
    this.#sessions.set(id, session);
    let end: AmtError | undefined;
    const onEnded = () => this.#isAwaited && this.#lookout.hint();
    local.ended?.addEventListener("abort", onEnded, { once: true });
    const onAbort = () => opening.abort(signal.aborted ? signal.reason : local.gone.reason);
    for (const each of [signal, local.gone]) each.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted || local.gone.aborted) onAbort();
    try {
      const channel = await this.#tunnel.open(port, {
        signal: opening.signal,
        address,
        originator: remote ?? { address: "127.0.0.1", port: 0 },
        onWait: () => {
          this.#lookout.hint();
          if (session.isWaiting) return;
          session.isWaiting = true;
          this.#told({ event: "waiting", id, port, from });
        },
      });
      session.channel = channel;
      session.isWaiting = false;
      this.#told({ event: "opened", id, port, from });
      end = await relay(local, channel);
    } catch (error) {
      local.destroy(true);
      end = error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
    } finally {
      for (const each of [signal, local.gone]) each.removeEventListener("abort", onAbort);
    }
    local.ended?.removeEventListener("abort", onEnded);
    this.#sessions.delete(id);
    const { bytesSent = 0, bytesReceived = 0 } = session.channel?.stats() ?? {};
    this.#told({
      event: "closed",
      ...{ id, port, from, bytesSent, bytesReceived },
      reason: end?.message ?? null,
      code: end?.code ?? null,
    });
    return end;
  }

  /** Some connection waits for its turn. */
  get #isAwaited(): boolean {
    return [...this.#sessions.values()].some(({ isWaiting }) => isWaiting);
  }

  /** Whether some connection still waits; only then anybody minds programs that are gone. */
  #look(): boolean {
    if (!this.#isAwaited) return false;
    for (const { local, channel, opening, isWaiting } of this.#sessions.values()) {
      if (channel === undefined && !isWaiting || !local.hasLeft?.()) continue;
      channel?.orphan();
      if (isWaiting) opening.abort(new AmtError("net.connect", `${local.name} went away while it waited`));
    }
    return this.#isAwaited;
  }
}
