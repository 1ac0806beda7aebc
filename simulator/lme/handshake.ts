import type { ApfMessage, ApfMessageOf, GlobalRequest } from "../../protocols/apf/mod.ts";

/** What the firmware says of itself when a session begins. */
export interface HandshakeFacts {
  readonly hostName: string;
  readonly forwards: readonly number[];
  /** Asks for auth@amt.intel.com first. */
  readonly auth: boolean;
  readonly forwardsAtOnce: boolean;
}

interface Asked {
  readonly request: GlobalRequest;
  answered(success: boolean): void;
}

const PFWD = "pfwd@amt.intel.com";
const AUTH = "auth@amt.intel.com";

/**
 * The firmware's part of the start of a session: services and forwards, and later changes to these. It goes on when
 * the host's PROTOCOLVERSION came, be it the answer to its own or not, and does not wait for USERAUTH_SUCCESS, which
 * MeshCmd never sends. What the host did wrong is answered by a text.
 */
export class Handshake {
  /** Ports that the host forwards now. */
  readonly active = new Set<number>();
  readonly #facts: HandshakeFacts;
  readonly #send: (message: ApfMessage) => void;
  readonly #ready: () => void;
  /** Requests without an answer so far; answers come in this order. */
  readonly #asked: Asked[] = [];
  #waitsFor: "version" | typeof AUTH | typeof PFWD | undefined = "version";

  /** `ready` is called when all forwards of the start were answered. */
  constructor(facts: HandshakeFacts, send: (message: ApfMessage) => void, ready: () => void) {
    this.#facts = facts;
    this.#send = send;
    this.#ready = ready;
  }

  /** Further ones are passed over: rpc-go sends two. */
  version({ major, minor }: ApfMessageOf<"protocolVersion">): string | undefined {
    if (major < 1) return `protocolVersion ${major}.${minor}`;
    if (this.#waitsFor === "version") this.#askFor(this.#facts.auth ? AUTH : PFWD);
    return undefined;
  }

  /** The answer to a service that was not asked for now is passed over. */
  accepted(service: string): undefined {
    if (service !== this.#waitsFor) return;
    if (service === AUTH) {
      const method = { kind: "password", change: false, password: "" } as const;
      this.#send({ kind: "userauthRequest", user: "", service: PFWD, method });
      this.#askFor(PFWD);
    } else {
      this.#waitsFor = undefined;
      void this.forward().then(this.#ready);
    }
  }

  /** Asks for the forwards, and resolves when each was answered; which are active then is the host's choice. */
  forward(): Promise<void> {
    return this.#each("tcpipForward");
  }

  /** Takes the forwards back: from now on the firmware refuses opens. */
  cancel(): Promise<void> {
    this.active.clear();
    return this.#each("cancelTcpipForward");
  }

  /** Sends a request and resolves with whether it succeeded. One that hosts do not know never gets an answer. */
  request(request: GlobalRequest): Promise<boolean> {
    this.#send({ kind: "globalRequest", request });
    if (request.kind === "other" || request.kind === "udpSendTo") return new Promise(() => {});
    return new Promise((answered) => void this.#asked.push({ request, answered }));
  }

  answered(answer: ApfMessageOf<"requestSuccess"> | ApfMessageOf<"requestFailure">): string | undefined {
    const asked = this.#asked.shift();
    if (asked === undefined) return `${answer.kind} without a request`;
    const { request } = asked;
    const success = answer.kind === "requestSuccess";
    if (success && request.kind === "tcpipForward") this.active.add(request.port);
    if (success && request.kind === "cancelTcpipForward") this.active.delete(request.port);
    const expected = request.kind === "tcpipForward" ? request.port : undefined;
    if (success && answer.port !== expected) return `requestSuccess with port ${answer.port}, not ${expected}`;
    asked.answered(success);
    return undefined;
  }

  #askFor(service: typeof AUTH | typeof PFWD): void {
    this.#waitsFor = service;
    this.#send({ kind: "serviceRequest", service });
  }

  async #each(kind: "tcpipForward" | "cancelTcpipForward"): Promise<void> {
    const { hostName: address, forwards, forwardsAtOnce } = this.#facts;
    const asked: Promise<boolean>[] = [];
    for (const port of forwards) {
      asked.push(this.request({ kind, wantReply: true, address, port }));
      if (!forwardsAtOnce) await asked.at(-1);
    }
    await Promise.all(asked);
  }
}
