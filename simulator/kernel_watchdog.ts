import { abortError, type AmtError } from "../core/errors/mod.ts";
import type { Errno } from "../ffi/errno.ts";
import { SystemError } from "../ffi/libc.ts";
import { WATCHDOG } from "../protocols/mei/known_clients.ts";
import type { WaitOptions } from "../transport/mei.ts";
import {
  AMT_WATCHDOG_IDENTITY,
  amtWatchdog,
  nodeName,
  watchdogHolders,
  watchdogs,
} from "../transport/sysfs_watchdog.ts";
import type { WatchdogHandle, WatchdogTransport } from "../transport/watchdog.ts";
import { busyWatchdog } from "../transport/watchdog_device.ts";
import { watchdogError } from "../transport/watchdog_errno.ts";
import type { HostTree } from "./host_tree.ts";
import type { SimulatedMe } from "./me.ts";
import { MeiWdt } from "./mei_wdt.ts";
import { FUNCTION, PCI } from "./profiles/machine_host.ts";
import { CoreWatchdog, type WatchdogDriver } from "./watchdog_core.ts";
import { addAmtWatchdog, removeAmtWatchdog } from "./watchdog_tree.ts";

/** Folder of the WD client's device. */
const DEVICE = `${FUNCTION}/${PCI}-${WATCHDOG}`;

/** Whose hardware is not simulated: it takes heartbeats, and nothing comes of their absence. */
const idle: WatchdogDriver = {
  open: () => true,
  ping: () => Promise.resolve(true),
  stop: () => Promise.resolve(true),
};

/**
 * The watchdogs of the simulated machine's kernel, as many as its /sys/class/watchdog shows. AMT's is mei_wdt's, and
 * speaks to the WD client of the simulated ME; it comes and goes as that driver has it.
 */
export class SimulatedWatchdogs implements WatchdogTransport {
  readonly #tree: HostTree;
  readonly #devices = new Map<string, CoreWatchdog>();
  readonly #meiWdt: MeiWdt;

  constructor(me: SimulatedMe, tree: HostTree) {
    this.#tree = tree;
    for (const { name, identity } of watchdogs(tree)) {
      if (identity !== AMT_WATCHDOG_IDENTITY) this.#devices.set(name, new CoreWatchdog(tree, name, idle));
    }
    this.#meiWdt = new MeiWdt(me, {
      register: () => this.#register(me.client(WATCHDOG)!.properties.protocolVersion),
      unregister: () => this.#unregister(),
    });
    // What is shown now was registered when the firmware wanted it.
    if (amtWatchdog(tree) !== undefined) this.#meiWdt.bind(true);
  }

  open(path: string, { signal }: WaitOptions = {}): Promise<WatchdogHandle> {
    return new Promise((resolve) => {
      if (signal?.aborted) throw abortError(signal, path);
      resolve(this.#open(path));
    });
  }

  /** mei_wdt is bound to its client, or unbound from it. */
  bound(isBound: boolean): void {
    if (isBound) this.#meiWdt.bind();
    else this.#meiWdt.unbind();
  }

  #open(path: string): WatchdogHandle {
    const access = this.#tree.access(path, "write");
    if (access === undefined) throw refused(path, "ENOENT");
    if (!access) throw refused(path, "EACCES");
    const device = this.#devices.get(nodeName(this.#tree, path));
    if (device === undefined) throw refused(path, "ENODEV");
    if (device.isOpen || watchdogHolders(this.#tree, path).processes.length > 0) {
      throw busyWatchdog(this.#tree, path, refused(path, "EBUSY"));
    }
    return device.open(path);
  }

  #register(version: number): void {
    if (amtWatchdog(this.#tree) === undefined) addAmtWatchdog(this.#tree, DEVICE, version);
    const { name } = amtWatchdog(this.#tree)!;
    this.#devices.set(name, new CoreWatchdog(this.#tree, name, this.#meiWdt));
  }

  #unregister(): void {
    const name = amtWatchdog(this.#tree)?.name;
    if (name === undefined) return;
    this.#devices.get(name)?.end();
    this.#devices.delete(name);
    removeAmtWatchdog(this.#tree);
  }
}

function refused(path: string, errno: Errno): AmtError {
  return watchdogError("open", new SystemError("open", errno), path);
}
