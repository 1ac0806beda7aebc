import type { Host } from "../../ffi/host.ts";
import type { FirmwareClient } from "../firmware_client.ts";

export const profileNames = ["activated", "unprovisioned", "acm", "disabled", "no-amt", "legacy", "tls-only"] as const;

export type ProfileName = typeof profileNames[number];

/** A machine to simulate: what its firmware offers and answers, and what the operating system shows of it. */
export interface Profile {
  readonly name: ProfileName;
  /** One line for `--help`. */
  readonly description: string;
  /** Host bus message version of its firmware. */
  readonly hbmVersion: { readonly major: number; readonly minor: number };
  /** HFSTS1 to 6. */
  readonly firmwareStatus: readonly number[];
  /** New clients, with state of their own. */
  clients(): FirmwareClient[];
  /** /sys, /proc and the rest, as the kernel would show this machine to a user; to root when `uid` is left out. */
  host(uid?: number): Host;
}
