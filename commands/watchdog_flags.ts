import { systemClock } from "../core/clock.ts";
import { AmtError } from "../core/errors/mod.ts";
import type { Host } from "../ffi/host.ts";
import { checkWatchdogTimeout } from "../protocols/watchdog/mod.ts";
import { ways } from "../services/watchdog/open_feeder.ts";
import { parseDuration } from "./duration.ts";
import type { FlagSet } from "./flags.ts";

/** Flags of every command that feeds the watchdog. */
export const feedFlags = {
  via: {
    kind: "choice",
    brief: "Way to the watchdog: auto is the kernel's device while mei_wdt holds the client, MEI otherwise",
    values: ways,
    default: "auto",
  },
  watchdogTimeout: {
    kind: "value",
    brief: "The watchdog's own timeout in seconds, 120 to 65535 (default: the driver's; 120 over MEI)",
    placeholder: "S",
    parse: parseWatchdogTimeout,
  },
} as const satisfies FlagSet;

/** What every help text on feeding says. */
export const expiryWarning =
  "When heartbeats stop, the firmware tells the remote console and writes to its event log. AMT 11 and later can be\n" +
  "set to act too (IPS_WatchDogAction), up to a restart of the machine.";

/** Seconds as a number, or any duration. Throws `usage`. */
export function parseInterval(text: string): number {
  const duration = /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text;
  const hint = "Write it as 5, 500ms or 1m; the longest is 596h";
  try {
    const ms = parseDuration(duration);
    if (ms !== undefined) return ms;
  } catch (cause) {
    throw new AmtError("usage", cause instanceof AmtError ? cause.message : String(cause), { hint, cause });
  }
  throw new AmtError("usage", `"${text}" is no interval`, { hint });
}

export function parseCount(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new AmtError("usage", `"${text}" is no count`, { hint: "Give a whole number from 1 to 999999" });
  return count;
}

/** The clock of the machine that `host` shows. */
export function hostClock(host: Host) {
  return systemClock(() => host.readText("/proc/uptime"));
}

function parseWatchdogTimeout(text: string): number {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(seconds)) throw new AmtError("usage", `"${text}" is no number of seconds`);
  checkWatchdogTimeout(seconds);
  return seconds;
}
