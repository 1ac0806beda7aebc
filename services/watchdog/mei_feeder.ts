import { checkWatchdogTimeout, WatchdogSession } from "../../protocols/watchdog/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import { type Feeder, inThousandths } from "./feeder.ts";

/** Feeds AMT's watchdog over its own client. It connects with the first heartbeat. Throws `usage`. */
export function meiFeeder(mei: MeiTransport, timeoutSeconds: number): Feeder {
  checkWatchdogTimeout(timeoutSeconds);
  const session = new WatchdogSession(mei);
  return {
    via: "mei",
    path: undefined,
    timeoutSeconds,
    leaves: "unknown",
    async beat(options) {
      const sentAt = performance.now();
      const { roundTripMs, ...beat } = await session.beat(timeoutSeconds, options);
      // Before the first one it connects, which is no part of an acknowledgement's way.
      return { ...beat, roundTripMs: inThousandths(roundTripMs ?? performance.now() - sentAt) };
    },
    disarm: (options) => session.stop(options),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
