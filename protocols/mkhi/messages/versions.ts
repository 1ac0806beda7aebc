import { list, many, reserved, struct, text, u16le, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { type MkhiMessage, noData } from "../message.ts";

/** One version of the firmware; people write it major.minor.hotfix.build. */
export const FirmwareVersion = struct({ minor: u16le, major: u8, platform: u8, build: u16le, hotfix: u16le });
export type FirmwareVersion = Wire<typeof FirmwareVersion>;

const FirmwareVersions = struct({ versions: many(FirmwareVersion) });

/** Two or three versions: running, recovery, factory. */
export const GetFirmwareVersion: MkhiMessage<Record<never, never>, Wire<typeof FirmwareVersions>> = {
  name: "GetFirmwareVersion",
  group: 0xff,
  command: 0x02,
  request: noData,
  response: FirmwareVersions,
};

const InterfaceVersion = struct({ version: u32le });

/** The version of this interface, whose parts no public source tells. */
export const GetMkhiVersion: MkhiMessage<Record<never, never>, Wire<typeof InterfaceVersion>> = {
  name: "GetMkhiVersion",
  group: 0xff,
  command: 0x01,
  request: noData,
  response: InterfaceVersion,
};

const Partition = struct({
  name: text(12),
  major: u16le,
  minor: u16le,
  hotfix: u16le,
  build: u16le,
  vendor: u32le,
  padding: reserved(64),
});
const Partitions = struct({ partitions: list(u32le, Partition) });
const WhichPartition = struct({ partition: u32le });

/** Versions of the parts of the flash image. Source: Intel LMS GetImageFWVersionCommand.h, 88 bytes a part. */
export const GetImageFirmwareVersion: MkhiMessage<Wire<typeof WhichPartition>, Wire<typeof Partitions>> = {
  name: "GetImageFirmwareVersion",
  group: 0xff,
  command: 0x1c,
  request: WhichPartition,
  response: Partitions,
};
