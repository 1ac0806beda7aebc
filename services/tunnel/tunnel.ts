import { delay } from "../../core/delay.ts";
import { abortError, AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import {
  type ApfChannel,
  ApfSession,
  type ApfSessionOptions,
  type ApfSessionStats,
  type Forward,
  type OpenOptions,
} from "../../protocols/apf/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import type { MeiConnection, MeiTransport } from "../../transport/mei.ts";

/** What happens to the tunnel itself. */
export type TunnelEvent =
  | { event: "connected"; protocolVersion: number; maxMessageLength: number }
  | { event: "forward"; address: string; port: number }
  | { event: "cancel"; address: string; port: number }
  /** The link to the firmware ended, with all connections through it, or it cannot be made anew for another reason. */
  | { event: "lost"; reason: string; code: ErrorCode };

export interface TunnelOptions extends Pick<ApfSessionOptions, "onIncoming" | "onUdp"> {
  readonly signal: AbortSignal;
  /** A port that the firmware wants; `false` says that it cannot be served. */
  onForward?(forward: Forward): boolean | void | Promise<boolean | void>;
  onEvent?(event: TunnelEvent): void;
}

/** Pauses between attempts to reach the firmware again, in ms. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** How long an open waits for a link that is being made anew. */
const LINK_MS = 15_000;

/**
 * The tunnel to AMT: one APF session with LME, which is made anew when the firmware restarts. Connections through it
 * end with an error then; those that come later wait for the new session.
 */
export class Tunnel implements AsyncDisposable {
  readonly #mei: MeiTransport;
  readonly #options: TunnelOptions;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #waiters = new Set<() => void>();
  #session: ApfSession | undefined;
  #running: Promise<void> = Promise.resolve();
  #resets = 0;

  private constructor(mei: MeiTransport, options: TunnelOptions) {
    this.#mei = mei;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#over.signal]);
  }

  /** Resolves when LME is connected. Rejects as `MeiTransport.connect` does: `mei.busy` while an LMS has it. */
  static async start(mei: MeiTransport, options: TunnelOptions): Promise<Tunnel> {
    const tunnel = new Tunnel(mei, options);
    const connection = await mei.connect(LME, { signal: options.signal, unasked: true });
    tunnel.#running = tunnel.#run(connection);
    return tunnel;
  }

  /** It was ended, by its signal or its disposal, and makes no new session. */
  get isOver(): boolean {
    return this.#signal.aborted;
  }

  /** How often the link was lost. */
  get resets(): number {
    return this.#resets;
  }

  /** The ports that the firmware forwards now. */
  get forwards(): readonly Forward[] {
    return this.#session?.forwards ?? [];
  }

  get stats(): ApfSessionStats | undefined {
    return this.#session?.stats();
  }

  /** The first port, of those given or of AMT's, that the firmware forwards. Rejects with `timeout`. */
  async ready(ports?: readonly number[]): Promise<Forward> {
    const session = await this.#linked();
    try {
      return await session.ready({ ...(ports === undefined ? {} : { ports }), signal: this.#signal });
    } catch (error) {
      // The session is closed at the same moment, and may be the first to say so.
      throw this.#signal.aborted ? abortError(this.#signal, "tunnel") : error;
    }
  }

  /** Opens a connection to a port of AMT's. Rejects with `net.connect` when the firmware refuses it. */
  async open(port: number, options: OpenOptions = {}): Promise<ApfChannel> {
    const session = await this.#linked(options.signal);
    return await session.open(port, options);
  }

  /** Ends all connections and the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new AmtError("mei.closed", "the tunnel was closed"));
    await this.#session?.[Symbol.asyncDispose]();
    await this.#running;
  }

  async #run(first: MeiConnection): Promise<void> {
    let link: MeiConnection | AmtError = first;
    let told: ErrorCode | undefined;
    let pause = FIRST_PAUSE_MS;
    while (!this.#signal.aborted) {
      let reason = link;
      if (!(reason instanceof AmtError)) {
        const { ended, wasOfUse } = await this.#serve(reason);
        reason = ended;
        told = undefined;
        if (wasOfUse) pause = FIRST_PAUSE_MS;
        if (!this.#signal.aborted) this.#resets++;
      }
      if (this.#signal.aborted) return;
      if (reason.code !== told) this.#options.onEvent?.({ event: "lost", reason: reason.message, code: reason.code });
      told = reason.code;
      await delay(pause, this.#signal, "tunnel").catch(() => {});
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      if (!this.#signal.aborted) {
        link = await this.#mei.connect(LME, { signal: this.#signal, unasked: true }).catch(asAmtError);
      }
    }
    if (!(link instanceof AmtError)) await link[Symbol.asyncDispose]();
  }

  /** One session, from its beginning to its end; answers why it ended, and whether the firmware asked for a port. */
  async #serve(connection: MeiConnection): Promise<{ ended: AmtError; wasOfUse: boolean }> {
    const { onEvent, onForward, onIncoming, onUdp } = this.#options;
    let wasOfUse = false;
    const { protocolVersion, maxMessageLength } = connection;
    onEvent?.({ event: "connected", protocolVersion, maxMessageLength });
    const session = new ApfSession(connection, {
      ...(onIncoming === undefined ? {} : { onIncoming }),
      ...(onUdp === undefined ? {} : { onUdp }),
      onForward(forward) {
        wasOfUse = true;
        onEvent?.({ event: "forward", ...forward });
        return onForward?.(forward);
      },
      onCancel: (forward) => onEvent?.({ event: "cancel", ...forward }),
    });
    this.#session = session;
    for (const wake of [...this.#waiters]) wake();
    const onAbort = () => void session[Symbol.asyncDispose]();
    this.#signal.addEventListener("abort", onAbort, { once: true });
    if (this.#signal.aborted) onAbort();
    const ended = await session.ended;
    this.#signal.removeEventListener("abort", onAbort);
    this.#session = undefined;
    return { ended, wasOfUse };
  }

  /** The session, or the next one. */
  async #linked(signal?: AbortSignal): Promise<ApfSession> {
    if (this.#session?.isOver === false) return this.#session;
    const late = new AmtError("timeout", `tunnel: the firmware was not reached again within ${LINK_MS / 1000} s`);
    await new Promise<void>((resolve, reject) => {
      const signals = signal === undefined ? [this.#signal] : [this.#signal, signal];
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        for (const each of signals) each.removeEventListener("abort", onAbort);
        finish();
      };
      const wake = () => settle(resolve);
      const onAbort = () => settle(() => reject(abortError(signals.find(({ aborted }) => aborted)!, "tunnel")));
      const timer = setTimeout(() => settle(() => reject(late)), LINK_MS);
      this.#waiters.add(wake);
      for (const each of signals) each.addEventListener("abort", onAbort, { once: true });
      if (signals.some(({ aborted }) => aborted)) onAbort();
    });
    return await this.#linked(signal);
  }
}

function asAmtError(error: unknown): AmtError {
  return error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
}
