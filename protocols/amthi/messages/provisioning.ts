import { named, struct, u32le, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";

/** How far AMT is set up: not, in the middle of it, or done. */
export const ProvisioningState = named(u32le, { pre: 0, in: 1, post: 2 });
export type ProvisioningState = Wire<typeof ProvisioningState>;

/** Who controls AMT: nobody, the client (CCM: the user consents) or the administrator (ACM). */
export const ControlMode = named(u32le, { none: 0, client: 1, admin: 2 });
export type ControlMode = Wire<typeof ControlMode>;

export const GetProvisioningState = message("GetProvisioningState", 0x0400_0011, {
  request: noData,
  response: struct({ state: ProvisioningState }),
});

export const GetControlMode = message("GetControlMode", 0x0400_006b, {
  request: noData,
  response: struct({ mode: ControlMode }),
});
