/** Host bus messages, by which the driver and the firmware run the link. Source: Linux drivers/misc/mei/hw.h. */

import { bits, bytes, choice, named, reserved, struct, u32le, u8, type Wire } from "../../core/binary/mod.ts";
import { guidLe } from "../../core/guid.ts";

/** Payload bytes of one frame: 128 slots of four bytes, less the header. */
export const MAX_PAYLOAD = 508;

/** What stands in front of every frame. Both addresses 0 mean a host bus message; host 0 alone a fixed client. */
export const FrameHeader = bits(u32le, {
  me: 8,
  host: 8,
  length: 9,
  reserved: 3,
  extended: 1,
  dmaRing: 1,
  internal: 1,
  complete: 1,
});
export type FrameHeader = Wire<typeof FrameHeader>;

/** Status of an answer, one table for all commands. */
export const HbmStatus = named(u8, {
  success: 0,
  clientNotFound: 1,
  alreadyExists: 2,
  rejected: 3,
  invalidParameter: 4,
  notAllowed: 5,
  alreadyStarted: 6,
  notStarted: 7,
});
export type HbmStatus = Wire<typeof HbmStatus>;

/** Why a side stops the link. */
export const StopReason = named(u8, {
  driver: 0,
  deviceD1: 1,
  deviceD2: 2,
  deviceD3: 3,
  systemS1: 4,
  systemS2: 5,
  systemS3: 6,
  systemS4: 7,
  systemS5: 8,
});

/** What the firmware says of a client (24 bytes). */
export const Properties = struct({
  guid: guidLe,
  protocolVersion: u8,
  maxConnections: u8,
  fixedAddress: u8,
  flags: bits(u8, { singleReceiveBuffer: 1, vtag: 1, spare: 6 }),
  maxMessageLength: u32le,
});
export type Properties = Wire<typeof Properties>;

const nothing = struct({ padding: reserved(3) });
const address = struct({ me: u8, padding: reserved(2) });
const pair = struct({ me: u8, host: u8, padding: reserved(1) });
const pairStatus = struct({ me: u8, host: u8, status: HbmStatus });
const capabilities = struct({
  capabilities: bits(u8, { vtag: 1, gsc: 1, clientDma: 1, spare: 5 }),
  padding: reserved(2),
});
const ring = struct({ addressHigh: u32le, addressLow: u32le, size: u32le });

/** Every host bus message, told apart by its command byte; bit 7 marks an answer. */
export const HbmMessage = choice(u8, {
  hostStartRequest: { tag: 0x01, body: struct({ padding: reserved(1), minor: u8, major: u8 }) },
  hostStartResponse: { tag: 0x81, body: struct({ hostVersionSupported: u8, maxMinor: u8, maxMajor: u8 }) },
  hostStopRequest: { tag: 0x02, body: struct({ reason: StopReason, padding: reserved(2) }) },
  hostStopResponse: { tag: 0x82, body: nothing },
  meStopRequest: { tag: 0x03, body: struct({ reason: StopReason, padding: reserved(2) }) },
  enumerateRequest: {
    tag: 0x04,
    body: struct({ flags: bits(u8, { allowAdd: 1, immediate: 1, spare: 6 }), padding: reserved(2) }),
  },
  /** Bit n of byte n/8 stands for address n. */
  enumerateResponse: { tag: 0x84, body: struct({ padding: reserved(3), validAddresses: bytes(32) }) },
  propertiesRequest: { tag: 0x05, body: address },
  propertiesResponse: {
    tag: 0x85,
    body: struct({ me: u8, status: HbmStatus, padding: reserved(1), properties: Properties }),
  },
  connectRequest: { tag: 0x06, body: pair },
  connectResponse: { tag: 0x86, body: pairStatus },
  disconnectRequest: { tag: 0x07, body: pair },
  disconnectResponse: { tag: 0x87, body: pairStatus },
  /** Grants the other side one message. */
  flowControl: { tag: 0x08, body: struct({ me: u8, host: u8, padding: reserved(5) }) },
  isolationEntryRequest: { tag: 0x0a, body: nothing },
  isolationEntryResponse: { tag: 0x8a, body: nothing },
  /** Unlike entry, it is the firmware that asks and the host that answers. */
  isolationExitRequest: { tag: 0x0b, body: nothing },
  isolationExitResponse: { tag: 0x8b, body: nothing },
  addClientRequest: { tag: 0x0f, body: struct({ me: u8, padding: reserved(2), properties: Properties }) },
  addClientResponse: { tag: 0x8f, body: struct({ me: u8, status: HbmStatus, padding: reserved(1) }) },
  notifyRequest: { tag: 0x10, body: struct({ me: u8, host: u8, start: u8 }) },
  notifyResponse: {
    tag: 0x90,
    body: struct({ me: u8, host: u8, status: HbmStatus, start: u8, padding: reserved(3) }),
  },
  notification: { tag: 0x11, body: pair },
  dmaSetupRequest: { tag: 0x12, body: struct({ padding: reserved(3), host: ring, device: ring, control: ring }) },
  dmaSetupResponse: { tag: 0x92, body: struct({ status: HbmStatus, padding: reserved(2) }) },
  capabilitiesRequest: { tag: 0x13, body: capabilities },
  capabilitiesResponse: { tag: 0x93, body: capabilities },
  clientDmaMapRequest: {
    tag: 0x14,
    body: struct({ bufferId: u8, padding: reserved(2), addressLow: u32le, addressHigh: u32le, size: u32le }),
  },
  clientDmaMapResponse: { tag: 0x94, body: struct({ status: HbmStatus }) },
  clientDmaUnmapRequest: { tag: 0x15, body: struct({ status: HbmStatus, bufferId: u8, padding: reserved(1) }) },
  clientDmaUnmapResponse: { tag: 0x95, body: struct({ status: HbmStatus }) },
});
export type HbmMessage = Wire<typeof HbmMessage>;
