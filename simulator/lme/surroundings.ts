import type { Clock } from "../../core/clock.ts";
import type { Guid } from "../../core/guid.ts";
import type { ApfMessage } from "../../protocols/apf/mod.ts";
import type { HandshakeFacts } from "./handshake.ts";
import type { Credit, LmeFaults } from "./options.ts";
import type { Service } from "./service.ts";

/** What a session knows of the firmware around it, and tells it. */
export interface SessionSurroundings {
  readonly facts: HandshakeFacts & { readonly uuid: Guid };
  readonly credit: Credit;
  readonly maxMessageLength: number;
  readonly clock: Clock;
  readonly faults: LmeFaults;
  /** A CLOSE of channel 0 comes first. */
  readonly staleClose: boolean;
  /** What is behind a port; `undefined` where nobody listens. */
  service(port: number): Service | undefined;
  /** The host has answered all forwards. */
  ready(): void;
  /** Nothing of the session counts any more. */
  ended(): void;
  /** So many bytes of payload passed. */
  passed(bytes: number): void;
  /** A message had no effect. */
  ignored(): void;
  protocolError(what: string): void;
}

/** What the parts of a session do through it. After its end both have no effect and take no time. */
export interface Wire {
  send(message: ApfMessage): void;
  sleep(ms: number): Promise<void>;
}
