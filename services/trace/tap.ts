import { AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import type { Guid } from "../../core/guid.ts";
import type { MeiConnection, MeiTransport } from "../../transport/mei.ts";
import type { Direction } from "./shown_length.ts";

/** What happens on one connection to a client of the firmware. */
export type TapEvent =
  | { readonly event: "connect" }
  | { readonly event: "connected"; readonly protocolVersion: number; readonly maxMessageLength: number }
  | { readonly event: "refused"; readonly error: AmtError }
  | { readonly event: "message"; readonly direction: Direction; readonly bytes: Uint8Array }
  /** The message before it in this direction did not leave. */
  | { readonly event: "unsent"; readonly error: AmtError }
  /** The firmware ended the connection, or restarted. Told once. */
  | { readonly event: "lost"; readonly error: AmtError }
  | { readonly event: "disconnect" };

/** What there is to say of an event that is no message, in words. */
export function tapEventText(event: Exclude<TapEvent, { event: "message" }>): string | undefined {
  switch (event.event) {
    case "connected":
      return `version ${event.protocolVersion}, messages up to ${event.maxMessageLength} bytes`;
    case "refused":
    case "unsent":
    case "lost":
      return `${event.error.message} (${event.error.code})`;
    case "connect":
    case "disconnect":
      return undefined;
  }
}

/** Where it happens. */
export interface TapPlace {
  readonly client: Guid;
  /** Also of a connection that was refused. */
  readonly connection: number;
}

/** Is told of each event, in order, before anybody else can act on it. What it does with bytes it does at once. */
export type TapListener = (event: TapEvent, place: TapPlace) => void;

/** The same connections, with what happens on them told to `listener`; `number` numbers them. */
export class TappedMei implements MeiTransport {
  readonly #mei: MeiTransport;
  readonly #listener: TapListener;
  readonly #number: () => number;

  constructor(mei: MeiTransport, listener: TapListener, number: () => number) {
    this.#mei = mei;
    this.#listener = listener;
    this.#number = number;
  }

  async connect(...[client, options]: Parameters<MeiTransport["connect"]>): Promise<MeiConnection> {
    const place = { client, connection: this.#number() };
    const tell = (event: TapEvent) => this.#listener(event, place);
    tell({ event: "connect" });
    try {
      const connection = await this.#mei.connect(client, options);
      const { protocolVersion, maxMessageLength } = connection;
      tell({ event: "connected", protocolVersion, maxMessageLength });
      return new TappedConnection(connection, tell);
    } catch (error) {
      tell({ event: "refused", error: asAmtError(error) });
      throw error;
    }
  }
}

/** Codes by which a wait ends, and not the connection. */
const OWN_ENDS: readonly ErrorCode[] = ["timeout", "cancelled", "usage", "mei.closed"];

class TappedConnection implements MeiConnection {
  readonly maxMessageLength: number;
  readonly protocolVersion: number;
  readonly #connection: MeiConnection;
  readonly #tell: (event: TapEvent) => void;
  #isLost = false;
  #isClosed = false;

  constructor(connection: MeiConnection, tell: (event: TapEvent) => void) {
    this.#connection = connection;
    this.#tell = tell;
    this.maxMessageLength = connection.maxMessageLength;
    this.protocolVersion = connection.protocolVersion;
  }

  async send(...[message, options]: Parameters<MeiConnection["send"]>): Promise<void> {
    // Told first: the answer can be here before the promise is.
    this.#tell({ event: "message", direction: "toFirmware", bytes: message });
    try {
      await this.#connection.send(message, options);
    } catch (error) {
      this.#tell({ event: "unsent", error: asAmtError(error) });
      this.#ended(error);
      throw error;
    }
  }

  async receive(...[options]: Parameters<MeiConnection["receive"]>): Promise<Uint8Array> {
    try {
      const bytes = await this.#connection.receive(options);
      this.#tell({ event: "message", direction: "fromFirmware", bytes });
      return bytes;
    } catch (error) {
      this.#ended(error);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#tell({ event: "disconnect" });
    this.#isClosed = true;
    await this.#connection[Symbol.asyncDispose]();
  }

  #ended(thrown: unknown): void {
    const error = asAmtError(thrown);
    if (this.#isLost || this.#isClosed || OWN_ENDS.includes(error.code)) return;
    this.#isLost = true;
    this.#tell({ event: "lost", error });
  }
}

function asAmtError(error: unknown): AmtError {
  return error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
}
