import { bits, type Codec, constant, named, struct, u32le, u8, type Wire } from "../../core/binary/mod.ts";
import type { WatchdogMessage } from "./message.ts";

/** A command that AMT answers also while it is disabled. */
export interface StateMessage<Request, Response> extends WatchdogMessage<Request> {
  /** The forms of its answer that are known, told apart by their length; they carry no header. */
  readonly answers: readonly Codec<Response>[];
  /** How many bytes of an answer count, where others may follow that mean nothing; left out, all of them. */
  readonly reads?: number;
  /** It changes something. */
  readonly changes?: true;
}

const STATE_INDEPENDENCE = 0x05;
const MANAGEABILITY_INFO = 0x07;

/**
 * Source: Intel's AMT implementation guide and rpc-go. Of bit 5 Intel LMS says that a timer of remote access is
 * mended, rpc-go that changes are restricted.
 */
export const StateFlags = bits(u8, {
  changeAllowed: 1,
  enabled: 1,
  reserved: 3,
  bit5: 1,
  tlsEnforcedLocally: 1,
  newInterface: 1,
});
export type StateFlags = Wire<typeof StateFlags>;

/** The answer has 1 byte in current firmware, and 4 in documents for older firmware, of which the first one counts. */
export const IsChangeToAmtEnabled: StateMessage<Record<never, never>, StateFlags> = {
  name: "IsChangeToAMTEnabled",
  command: STATE_INDEPENDENCE,
  subcommand: 0x51,
  request: struct({}),
  answers: [StateFlags],
  reads: 1,
};

/** An AMT status alone, as Intel's guide has it. */
export const BareStatus = struct({ status: u32le });

/** An AMT status behind a copy of the request's header, as rpc-go reads it. */
export const EchoedStatus = struct({
  command: constant(u8, STATE_INDEPENDENCE),
  byteCount: u8,
  subcommand: constant(u8, 0x53),
  version: constant(u8, 0x10),
  status: u32le,
});

const NewState = struct({ state: named(u8, { disabled: 0, enabled: 1 }) });

/** Enables or disables AMT as the firmware setup does; takes effect with a reset of the ME. From ME 16.1 on. */
export const SetAmtOperationalState: StateMessage<Wire<typeof NewState>, Wire<typeof BareStatus>> = {
  name: "SetAmtOperationalState",
  command: STATE_INDEPENDENCE,
  subcommand: 0x53,
  request: NewState,
  answers: [BareStatus, EchoedStatus],
  changes: true,
};

export const ManageabilityInfo = struct({
  version: u32le,
  sku: u32le,
  /** What manages the machine. */
  mode: named(u32le, { none: 0, amt: 1, asf: 2, cp: 3 }),
});
export type ManageabilityInfo = Wire<typeof ManageabilityInfo>;

export const GetManageabilityInfo: StateMessage<Record<never, never>, ManageabilityInfo> = {
  name: "GetManageabilityInfo",
  command: MANAGEABILITY_INFO,
  subcommand: 0x01,
  request: struct({}),
  answers: [ManageabilityInfo],
};

/** What {@link StateFlags} mean together; `undefined` where this firmware's interface does not tell. */
export interface OperationalState {
  /** The operating system may enable and disable AMT. */
  readonly changeAllowed: boolean;
  readonly enabled: boolean | undefined;
  /** AMT's ports on this machine speak TLS only. */
  readonly tlsEnforcedLocally: boolean | undefined;
  /** The firmware knows {@link SetAmtOperationalState}. */
  readonly newInterface: boolean;
}

/** Reads the flags; those that came with the new interface count only where it is there. */
export function operationalState(flags: StateFlags): OperationalState {
  const newInterface = flags.newInterface === 1;
  return {
    changeAllowed: flags.changeAllowed === 1,
    enabled: newInterface ? flags.enabled === 1 : undefined,
    tlsEnforcedLocally: newInterface ? flags.tlsEnforcedLocally === 1 : undefined,
    newInterface,
  };
}
