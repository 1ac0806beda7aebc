import { bits, constant, reserved, struct, u16le, u8, type Wire } from "../../core/binary/mod.ts";
import type { WatchdogMessage } from "./message.ts";

const MANAGEMENT_CONTROL = 0x02;

const Start = struct({ timeoutSeconds: u16le, padding: reserved(17) });

/**
 * Starts the OS-health watchdog, and keeps it from running out: 23 bytes, as Linux sends it from 4.5 on. Before, it
 * was 20. Source: drivers/watchdog/mei_wdt.c.
 */
export const StartWatchdog: WatchdogMessage<Wire<typeof Start>> = {
  name: "StartWatchdog",
  command: MANAGEMENT_CONTROL,
  subcommand: 0x13,
  request: Start,
};

/** Stops the watchdog; it has no answer, or an empty one. */
export const StopWatchdog: WatchdogMessage<Record<never, never>> = {
  name: "StopWatchdog",
  command: MANAGEMENT_CONTROL,
  subcommand: 0x14,
  request: struct({}),
};

/**
 * The whole answer to {@link StartWatchdog}, which clients of protocol version 2 give. `byteCount` should be 4; the
 * kernel does not look at it, and no firmware's has been seen.
 */
export const StartResponse = struct({
  command: constant(u8, MANAGEMENT_CONTROL),
  byteCount: u8,
  subcommand: constant(u8, 0x83),
  version: constant(u8, 0x10),
  /** 0 for success. */
  status: u8,
  state: bits(u8, { notRequired: 1, reserved: 7 }),
});
export type StartResponse = Wire<typeof StartResponse>;
