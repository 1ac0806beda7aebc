import { constant, many, named, reserved, struct, u16le, u8, type Wire } from "../../core/binary/mod.ts";
import type { MkhiMessage, MkhiNotice } from "./message.ts";

/** One version of the firmware; people write it major.minor.hotfix.build. */
export const FirmwareVersion = struct({ minor: u16le, major: u8, platform: u8, build: u16le, hotfix: u16le });
export type FirmwareVersion = Wire<typeof FirmwareVersion>;

const FirmwareVersions = struct({ versions: many(FirmwareVersion) });

/** Two or three versions: running, recovery, factory. */
export const GetFirmwareVersion: MkhiMessage<Record<never, never>, Wire<typeof FirmwareVersions>> = {
  name: "GetFirmwareVersion",
  group: 0xff,
  command: 0x02,
  request: struct({}),
  response: FirmwareVersions,
};

const OsVersion = struct({
  ruleType: constant(u16le, 0),
  feature: constant(u8, 0x10),
  padding: reserved(1),
  length: constant(u8, 8),
  build: u16le,
  padding2: reserved(2),
  os: named(u8, { linux: 2 }),
  major: u8,
  minor: u8,
  padding3: reserved(1),
});

/** What the Linux driver sends to the fixed client after each start of the link: a rule that names the system. */
export const SetOsVersion: MkhiNotice<Wire<typeof OsVersion>> = {
  name: "SetOsVersion",
  group: 0x03,
  command: 0x06,
  request: OsVersion,
};
