import {
  bytes,
  type Codec,
  list,
  mapped,
  reserved,
  struct,
  text,
  u32le,
  u8,
  type Wire,
} from "../../../core/binary/mod.ts";
import { message } from "../message.ts";
import { amtBooleanByte, networkIpv4 } from "../types.ts";

const i32le: Codec<number> = mapped(u32le, (raw) => raw | 0, (value) => value >>> 0);

const Closure = struct({ time: u32le, byServer: amtBooleanByte, apfReason: u8, reason: u8, padding: reserved(3) });

const Summary = struct({
  tunnelOpened: amtBooleanByte,
  state: u8,
  padding: reserved(3),
  lastKeepAlive: u32le,
  keepAliveInterval: u32le,
  lastConnectionStatus: u8,
  lastConnectionTime: u32le,
  lastTunnelStatus: u8,
  tunnelsOpened: u32le,
  tunnelsClosed: u32le,
});

const Tunnel = struct({
  valid: amtBooleanByte,
  openTime: u32le,
  trigger: u8,
  padding: reserved(3),
  mpsHostName: text(256),
  proxyUsed: amtBooleanByte,
  proxyName: text(256),
  authentication: u8,
  interface: u8,
  padding2: reserved(3),
  lastKeepAlive: u32le,
  keepAliveInterval: u32le,
  closure: Closure,
});

const Interface = struct({
  present: amtBooleanByte,
  linkUp: amtBooleanByte,
  dhcp: u8,
  padding: reserved(3),
  ipv4: networkIpv4,
  gateway: networkIpv4,
  primaryDns: networkIpv4,
  secondaryDns: networkIpv4,
  domain: text(192),
  ipv6Routers: list(always(3), bytes(16)),
  ipv6Addresses: list(always(6), struct({ address: bytes(16), type: u8, state: u8 })),
  padding2: reserved(306),
});

const Attempt = struct({
  status: u32le,
  proxyUsed: amtBooleanByte,
  proxyName: text(256),
  tcpError: u32le,
  tlsError: i32le,
});

const FailedConnection = struct({
  valid: amtBooleanByte,
  openTime: u32le,
  trigger: u8,
  padding: reserved(3),
  mpsHostName: text(256),
  authentication: u8,
  interfaces: list(always(2), Interface),
  wireless: struct({ profile: text(33), hostControl: u8 }),
  wired: struct({ dot1xResult: u8, dot1xSubResult: u8, mediaType: u8, discreteLanStatus: u8 }),
  connectedInterface: u8,
  padding2: reserved(3),
  attempts: list(always(2), Attempt),
  closure: Closure,
});

/** How AMT's tunnels to its management presence server went. Only rpc-go has this layout; its paddings are a guess. */
export const CiraLog = struct({ version: u8, summary: Summary, tunnel: Tunnel, failedConnection: FailedConnection });
export type CiraLog = Wire<typeof CiraLog>;

/** Recent firmware only; which was the first is not known. */
export const GetCiraLog = message("GetCiraLog", 0x0400_008e, { request: struct({ version: u8 }), response: CiraLog });

/** The count of a list that always has as many items. */
function always(count: number): Codec<number> {
  return { size: 0, write: () => {}, read: () => count };
}
