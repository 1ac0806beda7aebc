import { bits, bytes, named, struct, u32le, u8, type Wire } from "../../core/binary/mod.ts";
import type { UpidMessage } from "./message.ts";

const Support = struct({ support: bits(u8, { platformId: 1, attestation: 1, unknown: 6 }) });

/** What of the platform id this firmware has; bits. Layouts of Intel LMS, MEIClient/UPIDClient/Include. */
export const GetFeatureSupport: UpidMessage<Wire<typeof Support>> = {
  name: "GetFeatureSupport",
  command: 0,
  response: Support,
};

const State = struct({ state: named(u8, { disabled: 0, enabled: 1 }) });

/** Whether the platform id is switched on; while it is not, firmware may refuse to tell it. */
export const GetFeatureState: UpidMessage<Wire<typeof State>> = {
  name: "GetFeatureState",
  command: 1,
  response: State,
};

/** Whether the operating system may switch the platform id on and off. */
export const GetOsControl: UpidMessage<Wire<typeof State>> = {
  name: "GetOsControl",
  command: 3,
  response: State,
};

/** What the manufacturer's part of a platform id is. */
export const OemPlatformIdType = named(u32le, { notSet: 0, binary: 1, text: 2 });

/** The unique platform id: 32 bytes of the manufacturer's and 32 of the firmware's. */
export const PlatformId = struct({
  type: OemPlatformIdType,
  oemId: bytes(32),
  csmeId: bytes(32),
});
export type PlatformId = Wire<typeof PlatformId>;

/** Tells the unique platform id; 76 bytes in all. */
export const GetPlatformId: UpidMessage<PlatformId> = {
  name: "GetPlatformId",
  command: 5,
  response: PlatformId,
};
