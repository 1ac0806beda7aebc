import type { Armed, Beat } from "../services/watchdog/feeder.ts";
import type { WatchdogPingOutput } from "./watchdog_ping.schema.ts";

/** A line for each heartbeat, and how the watchdog is left. */
export function pingText({ heartbeats, armed, timeoutSeconds, via, path }: WatchdogPingOutput): string {
  const lines = heartbeats.map((each, index) => `heartbeat ${index + 1}: ${beatText(each)}`);
  return [...lines, `${armedText(armed)} (${path ?? "over MEI"}, timeout ${timeoutSeconds} s, via ${via})`].join("\n");
}

/** What came of a heartbeat, in words. */
export function beatText({ acknowledged, status, notRequired, roundTripMs }: Beat): string {
  if (notRequired) return "the firmware wants no heartbeats now";
  const told = status === null ? "" : `, status ${status}`;
  return `${acknowledged ? `acknowledged${told}` : "sent"}, ${roundTripMs.toFixed(1)} ms`;
}

/** How the watchdog is left, in words. */
export function armedText(armed: Armed): string {
  return armed === "unknown" ? "it is unknown whether the watchdog runs" : armed ? "armed" : "not armed";
}
