import type { Guid } from "../../core/guid.ts";
import type { Direction } from "./shown_length.ts";

/** One line of what was recorded, whatever recorded it. */
export interface TraceRecord {
  /** Its number in the file, from 1: Wireshark's, or that of the line. */
  readonly frame: number;
  /** Milliseconds since 1970; `undefined` where the time of day is not known. */
  readonly time: number | undefined;
  /** Milliseconds since the first record. */
  readonly ms: number;
  readonly event: "message" | "connect" | "connected" | "refused" | "disconnect" | "lost" | "unsent" | number;
  readonly direction: Direction;
  /** `undefined` for what the driver exchanged with the firmware itself, and for remarks. */
  readonly client: Guid | undefined;
  readonly connection: number | undefined;
  /** Bytes of the whole message. */
  readonly length: number;
  /** Those that are in the file; of events other than messages a text. */
  readonly body: Uint8Array;
}
