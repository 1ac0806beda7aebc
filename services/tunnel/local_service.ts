import { AmtError } from "../../core/errors/mod.ts";
import type { Host } from "../../ffi/host.ts";
import type { ApfChannel, ApfSessionStats, Forward, IncomingChannel } from "../../protocols/apf/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import { localManagementService } from "../local_management.ts";
import { Listeners } from "./listeners.ts";
import { portHolder } from "./port_holder.ts";
import { type SessionEvent, type SessionInfo, Sessions } from "./sessions.ts";
import { Tunnel, type TunnelEvent } from "./tunnel.ts";

export type ServiceEvent =
  | TunnelEvent
  | SessionEvent
  | { event: "listening"; port: number; addresses: string[] }
  /** Another program has the port, or it may not be had; it is tried again. */
  | { event: "portTaken"; port: number; reason: string; holder: string | null };

export interface LocalServiceOptions {
  readonly host: Host;
  readonly signal: AbortSignal;
  onEvent(event: ServiceEvent): void;
  /** The firmware wants to be reached by this name on this machine. */
  onForward?(forward: Forward): void;
  /** What takes a channel that the firmware opens for an event; others are refused. */
  onAlert?(channel: ApfChannel): void;
}

/** How the service stands. */
export interface LocalServiceStatus {
  pid: number | null;
  ports: number[];
  forwards: Forward[];
  resets: number;
  sessions: SessionInfo[];
  /** Of the link to the firmware; `null` while there is none. */
  link: ApfSessionStats | null;
}

/**
 * A local management service: the ports that the firmware asks for, on loopback, each connection carried to AMT. It
 * stays when the firmware restarts.
 */
export class LocalService implements AsyncDisposable {
  readonly #tunnel: Tunnel;
  readonly #listeners: Listeners;
  readonly #sessions: Sessions;
  #end: Promise<void> | undefined;

  private constructor(tunnel: Tunnel, listeners: Listeners, sessions: Sessions) {
    this.#tunnel = tunnel;
    this.#listeners = listeners;
    this.#sessions = sessions;
  }

  /**
   * Resolves when LME is connected; events may come before. Rejects with `mei.busy`, which names it, while another such
   * service runs; and as `MeiTransport.connect` does.
   */
  static async start(mei: MeiTransport, options: LocalServiceOptions): Promise<LocalService> {
    const { host, signal, onEvent, onForward, onAlert } = options;
    const other = localManagementService(host);
    if (other !== undefined) throw alreadyRunning(webPortHolder(host) ?? other);
    const made: { sessions?: Sessions } = {};
    const listeners = new Listeners({
      accept: (stream, port, address) => void made.sessions?.serve(stream, port, { signal, address }),
      listening: (port, addresses) => onEvent({ event: "listening", port, addresses: [...addresses] }),
      taken: (port, { message }) =>
        onEvent({ event: "portTaken", port, reason: message, holder: portHolder(host, port) ?? null }),
    });
    const tunnel = await Tunnel.start(mei, {
      signal,
      onEvent,
      async onForward(forward) {
        await listeners.open(forward.port);
        onForward?.(forward);
      },
      onIncoming: ({ port }: IncomingChannel) => port === 0 ? onAlert : undefined,
    });
    const sessions = made.sessions = new Sessions(tunnel, onEvent);
    return new LocalService(tunnel, listeners, sessions);
  }

  /**
   * Resolves when the firmware has asked for a port of AMT's, also when it restarts before. Rejects with `timeout` when
   * it takes long, which ends nothing, and with what ends the service.
   */
  async ready(): Promise<void> {
    for (;;) {
      try {
        return void await this.#tunnel.ready();
      } catch (error) {
        const isLost = error instanceof AmtError && error.code !== "timeout" && !this.#tunnel.isOver;
        if (!isLost) throw error;
      }
    }
  }

  status(): LocalServiceStatus {
    return {
      pid: null,
      ports: this.#listeners.ports,
      forwards: [...this.#tunnel.forwards],
      resets: this.#tunnel.resets,
      sessions: this.#sessions.list(),
      link: this.#tunnel.stats ?? null,
    };
  }

  /** Ends all connections; the end of each was told when it resolves. Once is enough. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#end ??= this.#dispose());
  }

  async #dispose(): Promise<void> {
    await this.#listeners[Symbol.asyncDispose]();
    await this.#tunnel[Symbol.asyncDispose]();
    await this.#sessions[Symbol.asyncDispose]();
  }
}

/** Who listens on a port of AMT's web server. */
function webPortHolder(host: Host): string | undefined {
  return portHolder(host, 16992) ?? portHolder(host, 16993);
}

function alreadyRunning(other: string): AmtError {
  return new AmtError("mei.busy", `a local management service runs already: ${other}`, {
    hint: "Use its ports 127.0.0.1:16992 or 16993, or stop it first",
  });
}
