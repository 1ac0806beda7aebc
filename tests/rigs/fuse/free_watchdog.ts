import type { Host } from "../../../ffi/host.ts";
import { WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { busClients } from "../../../transport/sysfs.ts";

/** The host of a profile on which mei_wdt has let go of the watchdog's client. */
export async function hostWithFreeWatchdog(profile = "activated"): Promise<Host> {
  const { host, sysfs } = createSimulator(profile);
  const client = busClients(host, { parent: undefined }).find(({ guid }) => guid === WATCHDOG);
  if (client !== undefined) await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", client.name);
  return host;
}
