import type { SimulatedAmt } from "../amt.ts";
import type { AmtState } from "../clients/amthi_state.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import type { HostTree } from "../host_tree.ts";
import type { Lme } from "../lme/lme.ts";
import type { WatchdogTimer } from "../watchdog_timer.ts";

export const profileNames = ["activated", "unprovisioned", "acm", "disabled", "no-amt", "legacy", "tls-only"] as const;

export type ProfileName = typeof profileNames[number];

/** What the firmware has beside its clients, and they are the doors to. */
export interface FirmwareParts {
  readonly watchdog: WatchdogTimer;
  readonly lme: Lme;
  /** `undefined` where AMT is off or not there. */
  readonly amt: SimulatedAmt | undefined;
}

/** What the AMT of a machine is when it starts. */
export interface AmtOrigin {
  /** Of the firmware, `major.minor.hotfix.build`. */
  readonly version: string;
  /** AMT speaks TLS only, to this machine too. */
  readonly isTlsOnly: boolean;
  /** A laptop, which has a battery. */
  readonly isMobile: boolean;
  /** What the operating system is called. */
  readonly hostName: string;
  /** A new state. */
  readonly createState: () => Promise<AmtState>;
}

/** A machine to simulate: what its firmware offers and answers, and what the operating system shows of it. */
export interface Profile {
  readonly name: ProfileName;
  /** One line for `--help`. */
  readonly description: string;
  /** Host bus message version of its firmware. */
  readonly hbmVersion: { readonly major: number; readonly minor: number };
  /** HFSTS1 to 6. */
  readonly firmwareStatus: readonly number[];
  /** `undefined` where AMT is off or not there. */
  readonly amt: AmtOrigin | undefined;
  /** New clients, with state of their own but for what `parts` gives them. */
  clients(parts?: FirmwareParts): FirmwareClient[];
  /** /sys, /proc and the rest, as the kernel would show this machine to a user; to root when `uid` is left out. */
  host(uid?: number): HostTree;
}
