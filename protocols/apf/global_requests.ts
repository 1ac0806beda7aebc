import type { Forward, Forwards } from "./forwards.ts";
import type { GlobalRequest } from "./global_request.ts";
import type { ApfMessage } from "./messages.ts";
import { violation } from "./session_end.ts";

/** Requests that wait for their answer; the firmware has at most seven ports. */
const PENDING_LIMIT = 64;
/** Forwards at a time. */
const FORWARD_LIMIT = 64;
/** They ask for connections from other hosts, which nothing here serves. lms8 refuses them as well. */
const REMOTE = ["0.0.0.0", "::"];

/** A UDP datagram that the firmware wants to be sent. */
export interface UdpDatagram {
  readonly address: string;
  readonly port: number;
  readonly originatorAddress: string;
  readonly originatorPort: number;
  readonly data: Uint8Array;
}

export interface ForwardHandlers {
  /** The firmware wants to be reached at a port; `false` says that it cannot be, and the firmware is told. */
  onForward?(forward: Forward): boolean | void | Promise<boolean | void>;
  /** The firmware no longer wants to be reached there. */
  onCancel?(forward: Forward): void;
  /** Without it datagrams are dropped. The firmware expects no answer in either case. */
  onUdp?(datagram: UdpDatagram): void;
}

interface GlobalRequestsOptions {
  readonly handlers: ForwardHandlers;
  send(message: ApfMessage): void;
  /** An answer could not be given. */
  failed(thrown: unknown): void;
}

/** Answers the firmware's global requests in the order in which they came. */
export class GlobalRequests {
  readonly #forwards: Forwards;
  readonly #options: GlobalRequestsOptions;
  #turn = Promise.resolve();
  #pending = 0;

  constructor(forwards: Forwards, options: GlobalRequestsOptions) {
    this.#forwards = forwards;
    this.#options = options;
  }

  /** `false` for a request that nobody here serves; the firmware expects no answer to it. */
  take(request: GlobalRequest): boolean {
    switch (request.kind) {
      case "tcpipForward":
        this.#inTurn(() => this.#forward(request));
        return true;
      case "cancelTcpipForward":
        this.#inTurn(() => this.#cancel(request));
        return true;
      case "udpSendTo":
        this.#options.handlers.onUdp?.(request);
        return this.#options.handlers.onUdp !== undefined;
      case "other":
        return false;
    }
  }

  #inTurn(answer: () => ApfMessage | Promise<ApfMessage>): void {
    if (this.#pending >= PENDING_LIMIT) {
      throw violation(`${PENDING_LIMIT} global requests wait for their answer`);
    }
    this.#pending++;
    this.#turn = this.#turn.then(async () => {
      this.#options.send(await answer());
      this.#pending--;
    }).catch((thrown) => this.#options.failed(thrown));
  }

  /** A forward that is there already is confirmed again: firmware registers its ports anew after it was idle. */
  async #forward({ address, port }: Forward): Promise<ApfMessage> {
    if (this.#forwards.find({ address, port }) === undefined) {
      const isPort = port >= 1 && port <= 65_535;
      if (!isPort || REMOTE.includes(address) || this.#forwards.list.length >= FORWARD_LIMIT) return failure;
      const forward = { address, port };
      if (await this.#options.handlers.onForward?.(forward) === false) return failure;
      this.#forwards.add(forward);
    }
    return { kind: "requestSuccess", port };
  }

  #cancel({ address, port }: Forward): ApfMessage {
    const forward = this.#forwards.find({ address, port });
    if (forward === undefined) return failure;
    this.#forwards.remove(forward);
    this.#options.handlers.onCancel?.(forward);
    return { kind: "requestSuccess", port: undefined };
  }
}

const failure: ApfMessage = { kind: "requestFailure" };
