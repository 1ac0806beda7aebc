import { named, sized, struct, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { type Guid, guid, guidLe } from "../../../core/guid.ts";
import { message, noData } from "../message.ts";
import { amtAnsiString } from "../types.ts";

/** The machine's SMBIOS UUID, as AMT was told it. */
export const GetUuid = message("GetUUID", 0x0400_005c, { request: noData, response: struct({ uuid: guidLe }) });

/** Whether a UUID is one of those that boards without an identity have. Source: rpc-go. */
export function isJunkUuid(uuid: Guid): boolean {
  return /^[0-]+$|^[f-]+$|^03000200-0400-0500-0006-000700080009$/.test(uuid);
}

/** The name of the rules by which AMT stays awake while the host sleeps. */
export const GetCurrentPowerPolicy = message("GetCurrentPowerPolicy", 0x0400_0047, {
  request: noData,
  response: struct({ policy: amtAnsiString }),
});

/** What last reset the host. */
export const HostResetReason = named(u32le, { remoteControl: 0, other: 1 });

/** No source gives the unit of the time; it is taken for seconds since 1970. */
export const GetLastHostResetReason = message("GetLastHostResetReason", 0x0400_004a, {
  request: noData,
  response: struct({ reason: HostResetReason, timestamp: u32le }),
});

/** The one variable of GetAMTState that public sources know. */
export const linkState = guid("00000000-0000-0000-0000-000000000001");

/** What last restarted the firmware: nothing since power came, itself, the whole machine, or an error. */
export const MeReset = named(u8, { none: 0, me: 1, global: 2, exception: 3 });

export const AmtState = struct({
  variable: guidLe,
  state: sized(
    u32le,
    struct({
      link: named(u8, { down: 0, up: 1 }),
      hardwareSku: u8,
      cryptoFuse: u8,
      flashProtection: u8,
      lastMeReset: MeReset,
    }),
  ),
});
export type AmtState = Wire<typeof AmtState>;

/** Of another class than all other commands. */
export const GetAmtState = message("GetAMTState", 0x0100_0001, {
  request: struct({ variable: guidLe }),
  response: AmtState,
});
