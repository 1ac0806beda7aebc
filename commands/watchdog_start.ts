import { ping } from "../services/watchdog/ping.ts";
import { command } from "./command.ts";
import { expiryWarning, feedFlags, hostClock } from "./watchdog_flags.ts";
import type { WatchdogStartOutput } from "./watchdog_start.schema.ts";
import { pingText } from "./watchdog_ping_text.ts";

export default command({
  brief: "Arm AMT's watchdog with one heartbeat, and leave it so",
  description:
    "It is `watchdog ping --keep-armed`. Over the kernel's device it is refused where closing the node would\n" +
    "undo it; `watchdog run` keeps the node open.\n" + expiryWarning,
  flags: feedFlags,
  arguments: [],
  examples: ["sudo amtctl watchdog start --via mei --watchdog-timeout 300"],

  async run(context, { via, watchdogTimeout }): Promise<WatchdogStartOutput> {
    const machine = await context.machine();
    const starting = ping(machine, {
      via,
      timeoutSeconds: watchdogTimeout,
      count: 1,
      intervalMs: 0,
      keepArmed: true,
      clock: hostClock(machine.host),
      signal: context.signal,
    });
    context.finish(starting);
    return { ...await starting, unavailable: [] };
  },

  render: (output) => pingText(output),
});
