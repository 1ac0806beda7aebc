import { type FeedSource, openFeeder, type Way } from "../services/watchdog/open_feeder.ts";
import { runWatchdog, type RunWorld } from "../services/watchdog/run.ts";
import type { Told } from "../services/watchdog/run_events.ts";
import { type Child, runCheck, startChild } from "./child.ts";
import { streamCommand } from "./command.ts";
import { asText } from "./flags.ts";
import { openSupervisor } from "./supervisor.ts";
import { expiryWarning, feedFlags, hostClock, parseInterval } from "./watchdog_flags.ts";
import { armedText, beatText } from "./watchdog_ping_text.ts";
import type { WatchdogRunOutput } from "./watchdog_run.schema.ts";

/** How long a check may take. */
const CHECK_MS = 30_000;

export default streamCommand({
  brief: "Feed AMT's watchdog for as long as the machine is well",
  description:
    "Gives heartbeats until it is ended, while --check says yes, and while CMD runs. When CMD ends badly,\n" +
    "heartbeats stop, and this program ends when the firmware must have noticed. It stops the watchdog when it is\n" +
    "interrupted (SIGTERM, Ctrl-C), and then asks CMD to end too (SIGTERM), and when CMD ends well. Resets of the ME,\n" +
    "suspend, and a firmware that wants no heartbeats for a while are told and waited out.\n" +
    "Killed by SIGKILL: over the kernel's device the watchdog stops, unless its attribute nowayout is set, and then it\n" +
    "runs out; over MEI nothing is known.\n" + expiryWarning,
  flags: {
    ...feedFlags,
    interval: {
      kind: "value",
      brief: "Time between heartbeats, in seconds or as a duration (default: half of the watchdog's timeout)",
      placeholder: "S",
      parse: parseInterval,
    },
    check: {
      kind: "value",
      brief: "A line of sh that ends with 0 while all is well",
      placeholder: "CMD",
      parse: asText,
    },
  },
  arguments: [{
    name: "CMD",
    brief: "A command that is started and watched over",
    rest: true,
    optional: true,
    parse: asText,
  }],
  examples: [
    "sudo amtctl watchdog run",
    "sudo amtctl watchdog run --interval 30 --check 'systemctl is-active --quiet myservice'",
    "sudo amtctl watchdog run --ndjson -- /usr/bin/myservice",
  ],

  async *stream(context, { via, watchdogTimeout, interval, check }, [words]) {
    const machine = await context.machine();
    const { signal } = context;
    using supervisor = await openSupervisor(context);
    let child: Child | undefined;
    const world: RunWorld = {
      clock: hostClock(machine.host),
      open: opener(machine, via, watchdogTimeout),
      ...(check === undefined ? {} : { check: (signal) => runCheck(check, CHECK_MS, signal) }),
      ...(words.length === 0 ? {} : { start: async () => child = await startChild(words) }),
      notify: (state) => supervisor.notify(state),
    };
    let finished = () => {};
    context.finish(new Promise<void>((resolve) => finished = resolve));
    try {
      for await (const event of runWatchdog(world, { signal, intervalMs: interval })) yield timed(event);
    } finally {
      child?.terminate();
      finished();
    }
  },

  renderEvent: (event, terminal) => {
    const text = eventText(event);
    const isBad = ["unhealthy", "expired", "lost"].includes(event.event);
    return `${event.at} ${isBad ? terminal.style("yellow", text) : text}`;
  },
});

/** The way that was found first stays, so that mei_wdt, which comes back after a reset, is not kept from its client. */
function opener(source: FeedSource, wanted: Way, timeoutSeconds: number | undefined): RunWorld["open"] {
  let via = wanted;
  return async (signal) => {
    const feeder = await openFeeder(source, { via, timeoutSeconds, signal });
    via = feeder.via;
    return feeder;
  };
}

function timed(event: Told): WatchdogRunOutput {
  return { at: new Date().toISOString(), ...event };
}

function eventText(event: WatchdogRunOutput): string {
  switch (event.event) {
    case "registered":
      return `watchdog found: ${event.path ?? "over MEI"}, timeout ${event.timeoutSeconds} s`;
    case "heartbeat":
      return `heartbeat: ${beatText(event)}`;
    case "notRequired":
      return "the firmware wants no heartbeats (NOT_REQUIRED); it is asked again";
    case "unhealthy":
      return `no more heartbeats: ${event.reason}` +
        (event.expiresInSeconds === null ? "" : `; the console hears of it in ${event.expiresInSeconds} s`);
    case "healthy":
      return "well again";
    case "expired":
      return "time is up: the firmware tells the console";
    case "lost":
      return `the watchdog is away: ${event.reason} (${event.code})`;
    case "suspended":
      return `the machine slept for ${event.seconds} s`;
    case "ended":
      return `ended: ${event.reason}; ${armedText(event.armed)}`;
  }
}
