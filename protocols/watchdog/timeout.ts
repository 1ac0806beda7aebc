import { AmtError } from "../../core/errors/mod.ts";

/** Seconds that AMT's watchdog may wait for a heartbeat: what Linux's mei_wdt takes, and no other limit is known. */
const watchdogTimeouts = { least: 120, most: 65535 } as const;

/** Throws `usage`, with the range and the reason, for a timeout that AMT's watchdog can not be given. */
export function checkWatchdogTimeout(seconds: number): void {
  const { least, most } = watchdogTimeouts;
  if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return;
  throw new AmtError("usage", `watchdog timeout of ${seconds} s is out of range`, {
    hint: `Give whole seconds from ${least}, below which Linux's mei_wdt refuses it, to ${most}, which is all that ` +
      "the 16 bits of the message hold",
    details: { timeoutSeconds: seconds, least, most },
  });
}
