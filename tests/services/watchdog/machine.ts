import { toHex } from "../../../core/binary/mod.ts";
import { AmtError } from "../../../core/errors/mod.ts";
import { WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import type { FeedSource } from "../../../services/watchdog/open_feeder.ts";
import type { HostTree } from "../../../simulator/host_tree.ts";
import { createSimulator, type Fault, type Simulator } from "../../../simulator/mod.ts";
import type { WatchdogOnClose } from "../../../simulator/watchdog_timer.ts";
import { chooseNode } from "../../../transport/sysfs.ts";
import { ManualClock } from "../../fakes/clock.ts";

/** As mei_wdt of Linux 6.1 and 6.12 sent them in the kernel rig (tests/vectors/watchdog), with 120 s and 300 s. */
export const start120 = "0215131078000000000000000000000000000000000000";
export const start300 = "021513102c010000000000000000000000000000000000";
export const stop = "02021410";

const DEVICE = `0000:00:16.0-${WATCHDOG}`;
const ATTRIBUTES = `/sys/devices/pci0000:00/0000:00:16.0/${DEVICE}/watchdog/watchdog1`;

export interface MachineSetup {
  readonly profile?: string;
  /** `mei`: the driver mei_wdt is not there, so that the client is free. Default `kernel`. */
  readonly via?: "kernel" | "mei";
  readonly faults?: readonly Omit<Fault, "client">[];
  readonly nowayout?: boolean;
  readonly watchdogOnClose?: WatchdogOnClose;
}

/** A simulated machine whose watchdog can be fed, its time turned by hand. */
export interface WatchdogMachine extends Disposable {
  readonly clock: ManualClock;
  readonly simulator: Simulator;
  readonly me: Simulator["me"];
  readonly timer: NonNullable<Simulator["me"]["watchdog"]>;
  readonly tree: HostTree;
  readonly source: FeedSource;
  /** What reached the firmware's WD client, in hexadecimal. */
  readonly sent: readonly string[];
}

/** Faults strike messages to the WD client. */
export async function watchdogMachine(setup: MachineSetup = {}): Promise<WatchdogMachine> {
  const { profile = "activated", via = "kernel", nowayout = false, watchdogOnClose } = setup;
  const clock = new ManualClock();
  const faults = (setup.faults ?? []).map((fault) => ({ ...fault, client: WATCHDOG }));
  const simulator = createSimulator(profile, {
    clock,
    faults,
    ...(watchdogOnClose === undefined ? {} : { watchdogOnClose }),
  });
  const { me, host, mei, sysfs } = simulator;
  const tree = host as HostTree;
  if (nowayout) tree.rewrite(`${ATTRIBUTES}/nowayout`, "1\n");
  if (via === "mei") await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", DEVICE);
  const sent: string[] = [];
  const strike = me.faults.message.bind(me.faults);
  me.faults.message = (client, message) => {
    if (client === WATCHDOG) sent.push(toHex(message));
    return strike(client, message);
  };
  const source: FeedSource = {
    host,
    device() {
      const node = chooseNode(host);
      if (node === undefined) throw new AmtError("mei.absent", "no Management Engine device");
      return { name: node.path, node };
    },
    openMei: () => Promise.resolve(mei),
    openWatchdogs: () => Promise.resolve(simulator.watchdogs),
  };
  return {
    clock,
    simulator,
    me,
    timer: me.watchdog!,
    tree,
    source,
    sent,
    [Symbol.dispose]: () => simulator[Symbol.dispose](),
  };
}
