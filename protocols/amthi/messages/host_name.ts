import { bytes, struct, u16le, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtAnsiString, amtBoolean, flags, textList } from "../types.ts";

/**
 * AMT's own name and how it is registered. No source gives the units of the two times; in WS-Management the period is
 * in minutes and the time to live in seconds.
 */
export const FqdnSettings = struct({
  /** AMT goes by the host's name. */
  shared: amtBoolean,
  dynamicDns: amtBoolean,
  dynamicDnsPeriod: u32le,
  dynamicDnsTimeToLive: u32le,
  /** Of `fqdn`, as many characters are the host's own name. */
  hostNameLength: u32le,
  fqdn: amtAnsiString,
});
export type FqdnSettings = Wire<typeof FqdnSettings>;

export const GetFqdn = message("GetFQDN", 0x0400_0056, { request: noData, response: FqdnSettings });

/** Tells AMT the host's name. */
export const SetHostFqdn = message("SetHostFQDN", 0x0400_005b, {
  request: struct({ fqdn: amtAnsiString }),
  response: noData,
  changes: true,
});

/** Suffixes of the networks in which AMT regards itself as inside the enterprise. */
export const GetDnsSuffixList = message("GetDNSSuffixList", 0x0400_003e, {
  request: noData,
  response: struct({ suffixes: textList(u16le) }),
});

/** Tells AMT whether the host is in one of them, and the address that it has there. */
export const SetEnterpriseAccess = message("SetEnterpriseAccess", 0x0400_003f, {
  request: struct({ flags: flags(u8, { ipv6: 0 }), address: bytes(16), access: u8 }),
  response: noData,
  changes: true,
});
