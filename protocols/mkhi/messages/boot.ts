import { bits, named, reserved, struct, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { type MkhiMessage, noData } from "../message.ts";

type Nothing = Record<never, never>;

const BootState = struct({ state: bits(u32le, { endOfPost: 1, coreBiosDone: 1, unknown: 30 }), padding: reserved(4) });

/** How far the host's boot has come; a bit is 1 when that point is passed. Source: Intel LMS GetBootStateCommand.h. */
export const GetBootState: MkhiMessage<Nothing, Wire<typeof BootState>> = {
  name: "GetBootState",
  group: 0xff,
  command: 0x0a,
  request: noData,
  response: BootState,
};

const RequestedAction = struct({ action: named(u32le, { none: 0, globalReset: 1 }) });

/**
 * BIOS tells the firmware that it has ended; the answer is what the firmware asks for in return. Source: coreboot
 * src/soc/intel/common/block/cse/cse_eop.c.
 */
export const EndOfPost: MkhiMessage<Nothing, Wire<typeof RequestedAction>> = {
  name: "EndOfPost",
  group: 0xff,
  command: 0x0c,
  changes: true,
  request: noData,
  response: RequestedAction,
};

const EndOfPostState = struct({ state: u8, padding: reserved(3) });

/** Whether BIOS has ended, as a number that the sources do not explain. Source: Intel LMS GetEOPStateCommand.h. */
export const GetEndOfPostState: MkhiMessage<Nothing, Wire<typeof EndOfPostState>> = {
  name: "GetEndOfPostState",
  group: 0xff,
  command: 0x1d,
  request: noData,
  response: EndOfPostState,
};

const MeasuredBoot = struct({ enabled: named(u8, { no: 0, yes: 1 }) });

/** Whether the boot was measured. Source: Intel LMS GetMeasuredBootStateCommand.h. */
export const GetMeasuredBoot: MkhiMessage<Nothing, Wire<typeof MeasuredBoot>> = {
  name: "GetMeasuredBoot",
  group: 0xff,
  command: 0x23,
  request: noData,
  response: MeasuredBoot,
};

const HmrfpoStatus = struct({ status: named(u32le, { disabled: 0, locked: 1, enabled: 2 }) });

/**
 * Whether the host may write the firmware's flash region (host ME region flash protection override). Source: coreboot
 * src/soc/intel/common/block/include/intelblocks/cse.h for the names.
 */
export const GetHmrfpoStatus: MkhiMessage<Nothing, Wire<typeof HmrfpoStatus>> = {
  name: "GetHmrfpoStatus",
  group: 0x05,
  command: 0x03,
  request: noData,
  response: HmrfpoStatus,
};
