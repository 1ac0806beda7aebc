import { reserved, struct, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtBoolean, spare, terminated } from "../types.ts";
import { ProvisioningState } from "./provisioning.ts";

/** Source: Intel LMS; older documents have the KVM field as reserved. */
export const SecurityParameters = struct({
  enterpriseMode: amtBoolean,
  tlsEnabled: amtBoolean,
  hardwareCryptography: amtBoolean,
  provisioningState: ProvisioningState,
  networkInterfaceEnabled: amtBoolean,
  solEnabled: amtBoolean,
  iderEnabled: amtBoolean,
  firmwareUpdateEnabled: amtBoolean,
  linkUp: amtBoolean,
  kvmEnabled: amtBoolean,
  padding: reserved(28),
});
export type SecurityParameters = Wire<typeof SecurityParameters>;

export const GetSecurityParameters = message("GetSecurityParameters", 0x0400_001b, {
  request: noData,
  response: SecurityParameters,
});

/** Whether the password of `admin` is another than the factory's. */
export const GetAdminNetAclEntryStatus = message("GetAdminNetAclEntryStatus", 0x0400_001e, {
  request: noData,
  response: struct({ defaultPasswordChanged: amtBoolean }),
});

/**
 * An account for programs on this machine, with local realms only; its password is a secret. NOT_FOUND when it is
 * switched off. Answers are 66 bytes long in Intel LMS, and 68 in MeshCentral, which takes no other.
 */
export const GetLocalSystemAccount = message("GetLocalSystemAccount", 0x0400_0067, {
  request: struct({ padding: reserved(40) }),
  response: struct({ user: terminated(33), password: terminated(33), padding: spare(2) }),
});
