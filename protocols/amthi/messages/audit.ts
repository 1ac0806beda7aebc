import { bytes, named, rest, struct, u16le, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtAnsiString, amtBoolean, cfgIpAddress } from "../types.ts";

const Time = struct({
  year: u16le,
  month: u16le,
  weekday: u16le,
  day: u16le,
  hour: u16le,
  minute: u16le,
  second: u16le,
});

/** Who set AMT up, when and how. */
export const SetupAuditRecord = struct({
  tlsMode: named(u8, { notReady: 0, psk: 1, pki: 2 }),
  secureDns: amtBoolean,
  hostInitiated: amtBoolean,
  hashType: named(u32le, { MD5: 0, SHA1: 1, SHA256: 2, SHA384: 3 }),
  hash: bytes(64),
  /** Serial numbers of the certificate and of those that signed it, 16 bytes each. */
  serials: bytes(48),
  additionalSerials: amtBoolean,
  oemDefault: amtBoolean,
  timeValid: amtBoolean,
  serverAddress: cfgIpAddress,
  time: Time,
  serverFqdn: amtAnsiString,
});
export type SetupAuditRecord = Wire<typeof SetupAuditRecord>;

/** DATA_MISSING when AMT was never set up. */
export const GetMeSetupAuditRecord = message("GetMESetupAuditRecord", 0x0400_0050, {
  request: noData,
  response: SetupAuditRecord,
});

/** The older form of {@link GetMeSetupAuditRecord}, whose layout no public source gives. */
export const GetAmtSetupAuditRecord = message("GetAMTSetupAuditRecord", 0x0400_0027, {
  request: noData,
  response: struct({ record: rest }),
});

/** Records of AMT's audit log from `start` on. */
export const GetAuditLogRecords = message("GetAuditLogRecords", 0x0400_0087, {
  request: struct({ start: u32le }),
  response: struct({ total: u32le, returned: u32le, records: rest }),
});

/** AMT's signature over the audit log and the host's nonce. */
export const GetAuditLogSignature = message("GetAuditLogSignature", 0x0400_008c, {
  request: struct({ nonce: bytes(20) }),
  response: struct({ signature: rest }),
});
