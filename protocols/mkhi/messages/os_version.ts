import { constant, named, reserved, struct, u16le, u8, type Wire } from "../../../core/binary/mod.ts";
import type { MkhiNotice } from "../message.ts";

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
