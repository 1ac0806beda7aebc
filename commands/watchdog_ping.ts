import { AmtError } from "../core/errors/mod.ts";
import { ping } from "../services/watchdog/ping.ts";
import { command } from "./command.ts";
import { expiryWarning, feedFlags, hostClock, parseCount, parseInterval } from "./watchdog_flags.ts";
import type { WatchdogPingOutput } from "./watchdog_ping.schema.ts";
import { beatText, pingText } from "./watchdog_ping_text.ts";

export default command({
  brief: "Give AMT's watchdog a heartbeat, or several, and tell what the firmware says",
  description:
    "The first heartbeat arms the watchdog; at the end it is stopped again, unless --keep-armed is given.\n" +
    "Over the kernel's device --keep-armed is refused: mei_wdt stops the watchdog when its node is closed, unless\n" +
    "its attribute nowayout is set. Over MEI no stop is sent then; what firmware does when the connection closes\n" +
    'without one is not known from any source, so "armed" is "unknown". A process that is killed (SIGKILL) leaves the\n' +
    "watchdog as closing would.\n" + expiryWarning,
  flags: {
    ...feedFlags,
    count: { kind: "value", brief: "How many heartbeats", placeholder: "N", default: "1", parse: parseCount },
    interval: {
      kind: "value",
      brief: "Time between them, in seconds or as a duration",
      placeholder: "S",
      default: "1s",
      parse: parseInterval,
    },
    disarm: { kind: "switch", brief: "Stop the watchdog at the end (the default)" },
    keepArmed: { kind: "switch", brief: "Leave it running" },
  },
  arguments: [],
  examples: [
    "sudo amtctl watchdog ping",
    "sudo amtctl watchdog ping --count 10 --interval 5 --json | jq '.heartbeats[].roundTripMs'",
    "amtctl --device sim watchdog ping",
  ],

  timeLimit: ({ count, interval }) => 30_000 + (count - 1) * interval,

  async run(context, flags): Promise<WatchdogPingOutput> {
    const { via, watchdogTimeout, count, interval, disarm, keepArmed } = flags;
    if (disarm && keepArmed) {
      throw new AmtError("usage", "--disarm and --keep-armed exclude each other", { hint: "Give one of them" });
    }
    const machine = await context.machine();
    const pinging = ping(machine, {
      via,
      timeoutSeconds: watchdogTimeout,
      count,
      intervalMs: interval,
      keepArmed,
      clock: hostClock(machine.host),
      signal: context.signal,
      progress: (each, number) => context.notes.progress(`${number}/${count}: ${beatText(each)}`),
    });
    context.finish(pinging);
    return { ...await pinging, unavailable: [] };
  },

  render: (output) => pingText(output),
});
