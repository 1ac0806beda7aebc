import { list, named, struct, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtAnsiString, amtBoolean, cfgIpAddress, cfgIpv4, macAddress } from "../types.ts";

export const LanInterface = named(u32le, { wired: 0, wireless: 1 });
export type LanInterface = Wire<typeof LanInterface>;

/** Addresses are 0.0.0.0, and the MAC address all zero, where there is none. */
export const LanInterfaceSettings = struct({
  enabled: amtBoolean,
  ipv4: cfgIpv4,
  dhcpEnabled: amtBoolean,
  /** `passive`: AMT listens to what the host's DHCP client is given. */
  dhcpIpMode: named(u8, { active: 1, passive: 2 }),
  link: named(u8, { down: 0, up: 1 }),
  macAddress,
});
export type LanInterfaceSettings = Wire<typeof LanInterfaceSettings>;

/** INTERFACE_DOES_NOT_EXIST, or zeros, where there is no such interface. */
export const GetLanInterfaceSettings = message("GetLanInterfaceSettings", 0x0400_0048, {
  request: struct({ interface: LanInterface }),
  response: LanInterfaceSettings,
});

/** Of the wired interface; 0.0.0.0 stands for an address that is not set. */
export const TcpipParameters = struct({
  dhcpMode: named(u32le, { none: 0, disabled: 1, enabled: 2 }),
  localAddress: cfgIpv4,
  subnetMask: cfgIpv4,
  gateway: cfgIpv4,
  primaryDns: cfgIpv4,
  secondaryDns: cfgIpv4,
  domain: amtAnsiString,
});
export type TcpipParameters = Wire<typeof TcpipParameters>;

export const GetTcpipParameters = message("GetTcpipParameters", 0x0400_0006, {
  request: noData,
  response: TcpipParameters,
});

/** Of AMT, and of the host's side of the same port. */
export const GetMacAddresses = message("GetMacAddresses", 0x0400_0025, {
  request: noData,
  response: struct({ dedicated: macAddress, host: macAddress }),
});

const Ipv6Address = struct({
  address: cfgIpAddress,
  type: named(u32le, { linkLocal: 0, router: 1, dhcpv6: 2, manual: 3, unknown: 4 }),
  state: named(u32le, {
    tentative: 0,
    preferred: 1,
    deprecated: 2,
    valid: 3,
    invalid: 4,
    collision: 5,
    unknown: 6,
  }),
});

export const Ipv6LanInterfaceStatus = struct({
  defaultRouter: cfgIpAddress,
  primaryDns: cfgIpAddress,
  secondaryDns: cfgIpAddress,
  addresses: list(u32le, Ipv6Address),
});
export type Ipv6LanInterfaceStatus = Wire<typeof Ipv6LanInterfaceStatus>;

/** IPV6_INTERFACE_DISABLED or INTERFACE_DOES_NOT_EXIST where there is nothing to tell. */
export const GetIpv6LanInterfaceStatus = message("GetIPv6LanInterfaceStatus", 0x0400_0052, {
  request: struct({ interface: LanInterface }),
  response: Ipv6LanInterfaceStatus,
});
