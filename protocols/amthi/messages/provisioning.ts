import { named, struct, u32le, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtBoolean, optional } from "../types.ts";

/** How far AMT is set up: not, in the middle of it, or done. */
export const ProvisioningState = named(u32le, { pre: 0, in: 1, post: 2 });
export type ProvisioningState = Wire<typeof ProvisioningState>;

/** Who controls AMT: nobody, the client (CCM: the user consents) or the administrator (ACM). */
export const ControlMode = named(u32le, { none: 0, client: 1, admin: 2 });
export type ControlMode = Wire<typeof ControlMode>;

/** How AMT was set up by releases that had the choice; `none` also where the question has no meaning any more. */
export const ProvisioningMode = named(u32le, { none: 0, enterprise: 1, smallBusiness: 2, remoteAssistance: 3 });
export type ProvisioningMode = Wire<typeof ProvisioningMode>;

/** What secures a remote setup: a pre-shared key or a provisioning certificate. */
export const ProvisioningTlsMode = named(u32le, { notReady: 0, psk: 1, pki: 2 });
export type ProvisioningTlsMode = Wire<typeof ProvisioningTlsMode>;

export const GetProvisioningState = message("GetProvisioningState", 0x0400_0011, {
  request: noData,
  response: struct({ state: ProvisioningState }),
});

/** Came with AMT 6.2 or 7.0; the sources do not agree. */
export const GetControlMode = message("GetControlMode", 0x0400_006b, {
  request: noData,
  response: struct({ mode: ControlMode }),
});

export const GetProvisioningMode = message("GetProvisioningMode", 0x0400_0008, {
  request: noData,
  response: struct({ mode: ProvisioningMode, legacy: amtBoolean }),
});

export const GetProvisioningTlsMode = message("GetProvisioningTLSMode", 0x0400_002b, {
  request: noData,
  response: struct({ mode: ProvisioningTlsMode }),
});

/**
 * Takes AMT out of client control mode; in admin control mode it is refused with INVALID_AMT_MODE. Peers send 0 (rpc-go)
 * or 1 (MeshCmd) as mode, which Intel's guide calls ignored. rpc-go reads a number behind the status that nobody else
 * knows of.
 */
export const Unprovision = message("Unprovision", 0x0400_0010, {
  request: struct({ mode: u32le }),
  response: struct({ state: optional(u32le) }),
  changes: true,
});

/** Starts remote setup; from AMT 6.0 on {@link StartConfigurationEx} takes its place. */
export const StartConfiguration = message("StartConfiguration", 0x0400_0029, {
  request: noData,
  response: noData,
  changes: true,
});

/** Starts remote setup, over IPv6 too if wanted. Refused in state `post`. */
export const StartConfigurationEx = message("StartConfigurationEx", 0x0400_0062, {
  request: struct({ ipv6: amtBoolean }),
  response: noData,
  changes: true,
});

/** Ends the setup that is under way; INVALID_AMT_MODE when none is. */
export const StopConfiguration = message("StopConfiguration", 0x0400_005e, {
  request: noData,
  response: noData,
  changes: true,
});

/** Switches AMT off until somebody switches it on in the firmware setup; AMT 12.0 and later, in state `pre` only. */
export const DisableAndClearAmt = message("DisableAndClearAMT", 0x0400_0088, {
  request: noData,
  response: noData,
  changes: true,
});
