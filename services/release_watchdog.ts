import { delay } from "../core/delay.ts";
import { abortError, AmtError } from "../core/errors/mod.ts";
import type { Host } from "../ffi/host.ts";
import type { SysfsWriter } from "../ffi/sysfs_writer.ts";
import { WATCHDOG } from "../protocols/mei/known_clients.ts";
import { type BusClient, busClients, type MeiNode } from "../transport/sysfs.ts";

/** Where the watchdog's client is, and the door to take it from its driver. */
interface WatchdogPlace {
  readonly host: Host;
  readonly writer: SysfsWriter;
  readonly node: Pick<MeiNode, "parent">;
}

/** Before binding is tried again: the firmware may still be ending the connection that `work` had. In ms. */
const PAUSES_MS = [100, 400, 1500];

/**
 * Runs `work` while no kernel driver holds the WD client: unbinds the driver, mei_wdt, and binds it again whatever
 * becomes of `work`. Meanwhile the operating system has no watchdog of AMT's. Answers what to warn of. Rejects with
 * what `work` rejects with; with `mei.permission` or `io.write` when the driver cannot be unbound, and `work` has
 * then not begun. A driver that cannot be bound again is told with the command that does it by hand.
 */
export async function withWatchdogReleased(
  place: WatchdogPlace,
  work: () => Promise<void>,
  signal?: AbortSignal,
): Promise<string[]> {
  const held = watchdogClient(place);
  if (held?.driver === undefined) {
    await work();
    return [];
  }
  if (signal?.aborted) throw abortError(signal, held.driver);
  const folder = `/sys/bus/mei/drivers/${held.driver}`;
  const warnings = isRunning(place.host, held)
    ? [`${held.driver} was running its watchdog; restart the program that feeds it`]
    : [];
  await place.writer.writeText(`${folder}/unbind`, held.name);
  try {
    await work();
  } catch (error) {
    warnings.push(...await bindAgain(place, held, folder));
    throw warnings.length === 0 ? error : both(error, warnings.join("; "));
  }
  return [...warnings, ...await bindAgain(place, held, folder)];
}

function watchdogClient({ host, node }: WatchdogPlace): BusClient | undefined {
  return busClients(host, node).find(({ guid }) => guid === WATCHDOG);
}

/** Not ended by an interruption, which is one of the reasons to be here. Answers in words what went wrong. */
async function bindAgain(place: WatchdogPlace, held: BusClient, folder: string): Promise<string[]> {
  for (let tries = 0;; tries++) {
    try {
      await place.writer.writeText(`${folder}/bind`, held.name);
      return [];
    } catch (error) {
      const now = watchdogClient(place);
      // A restart of the firmware brings a new device, which the driver is bound to without being asked.
      if (now === undefined || now.driver !== undefined) return [];
      const pause = PAUSES_MS[tries];
      if (pause !== undefined) {
        await delay(pause, undefined, folder);
        continue;
      }
      const reason = error instanceof Error ? error.message : String(error);
      return [`${held.driver} is not bound again (${reason}); as root: echo ${held.name} > ${folder}/bind`];
    }
  }
}

function isRunning(host: Host, { name }: BusClient): boolean {
  const folder = `/sys/bus/mei/devices/${name}/watchdog`;
  return host.list(folder).some((each) => host.readText(`${folder}/${each}/state`)?.trim() === "active");
}

function both(error: unknown, problem: string): AmtError {
  if (!(error instanceof AmtError)) return new AmtError("unexpected", `${error}; ${problem}`, { cause: error });
  const { code, details, hint } = error;
  return new AmtError(code, `${error.message}; ${problem}`, { details, hint, cause: error });
}
