import { stopWatchdog } from "../services/watchdog/stop.ts";
import { command } from "./command.ts";
import { feedFlags } from "./watchdog_flags.ts";
import { armedText } from "./watchdog_ping_text.ts";
import type { WatchdogStopOutput } from "./watchdog_stop.schema.ts";

export default command({
  brief: "Stop AMT's watchdog",
  description:
    "Over MEI a stop is sent, which the firmware does not confirm. Over the kernel's device a program that has\n" +
    "it open keeps everybody else out, and its end stops the watchdog.",
  flags: { via: feedFlags.via },
  arguments: [],
  examples: ["sudo amtctl watchdog stop"],

  async run(context, { via }): Promise<WatchdogStopOutput> {
    const stopping = stopWatchdog(await context.machine(), { via, signal: context.signal });
    context.finish(stopping);
    return await stopping;
  },

  render: ({ armed, via, path }) => `${armedText(armed)} (${path ?? "over MEI"}, via ${via})`,
});
