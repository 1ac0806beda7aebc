import { AmtError } from "../../core/errors/mod.ts";
import type { WaitOptions } from "../../transport/mei.ts";
import { amtWatchdog, type KernelWatchdog } from "../../transport/sysfs_watchdog.ts";
import type { Armed } from "./feeder.ts";
import { type FeedSource, openFeeder, type Way } from "./open_feeder.ts";

export interface StopResult {
  via: "kernel" | "mei";
  path: string | null;
  armed: Armed;
}

/**
 * Stops AMT's watchdog. Over the kernel's device there is something to stop only where nobody has it open, since a
 * close stops it by itself; with nowayout that is refused with `amt.state`. Rejects as `openFeeder` does.
 */
export async function stopWatchdog(
  source: FeedSource,
  { via, signal }: { readonly via: Way } & WaitOptions,
): Promise<StopResult> {
  const { way, path } = await stopped(source, { via, signal });
  // What the kernel shows is of when the node is closed.
  const isActive = way === "kernel" && amtWatchdog(source.host)?.state === "active";
  return { via: way, path: path ?? null, armed: isActive };
}

async function stopped(source: FeedSource, options: { readonly via: Way } & WaitOptions) {
  const watchdog = amtWatchdog(source.host);
  // Asked before it is opened, since then its close is a heartbeat.
  if (options.via !== "mei" && watchdog?.nowayout) {
    throw new AmtError("amt.state", `${watchdog.path} cannot be stopped: it is set so that nothing may (nowayout)`, {
      hint: `Feed it (amtctl watchdog run), or bind its driver anew, which takes nowayout back: ${bindAnew(watchdog)}`,
    });
  }
  await using feeder = await openFeeder(source, options);
  await feeder.disarm(options);
  return { way: feeder.via, path: feeder.path };
}

/** Unloading is no way: after a close with nowayout the module stays in use. */
function bindAnew({ client }: KernelWatchdog): string {
  const driver = "/sys/bus/mei/drivers/mei_wdt";
  const name = client?.name ?? "NAME";
  return `echo ${name} > ${driver}/unbind; echo ${name} > ${driver}/bind`;
}
