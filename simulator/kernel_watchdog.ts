import { abortError } from "../core/errors/mod.ts";
import type { Errno } from "../ffi/errno.ts";
import { SystemError } from "../ffi/libc.ts";
import type { WaitOptions } from "../transport/mei.ts";
import { AMT_WATCHDOG_IDENTITY, nodeName, watchdogHolders, watchdogs } from "../transport/sysfs_watchdog.ts";
import type { WatchdogHandle, WatchdogTransport } from "../transport/watchdog.ts";
import { watchdogError } from "../transport/watchdog_errno.ts";
import type { HostTree } from "./host_tree.ts";
import type { SimulatedMe } from "./me.ts";
import { MeiWdt } from "./mei_wdt.ts";
import { CoreWatchdog, type WatchdogDriver } from "./watchdog_core.ts";

const CLASS = "/sys/class/watchdog";

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
  readonly #meiWdt: MeiWdt | undefined;

  constructor(me: SimulatedMe, tree: HostTree) {
    this.#tree = tree;
    for (const { name, identity } of watchdogs(tree)) {
      if (identity !== AMT_WATCHDOG_IDENTITY) this.#devices.set(name, new CoreWatchdog(tree, name, idle));
      else this.#meiWdt ??= this.#amt(me, name);
    }
    this.#meiWdt?.bind();
  }

  open(path: string, { signal }: WaitOptions = {}): Promise<WatchdogHandle> {
    return new Promise((resolve) => {
      if (signal?.aborted) throw abortError(signal, path);
      resolve(this.#open(path));
    });
  }

  /** mei_wdt is bound to its client, or unbound from it. */
  bound(isBound: boolean): void {
    if (isBound) this.#meiWdt?.bind();
    else this.#meiWdt?.unbind();
  }

  #open(path: string): WatchdogHandle {
    const access = this.#tree.access(path, "write");
    if (access === undefined) throw refused(path, "ENOENT");
    if (!access) throw refused(path, "EACCES");
    const device = this.#devices.get(nodeName(this.#tree, path));
    if (device === undefined) throw refused(path, "ENODEV");
    if (watchdogHolders(this.#tree, path).processes.length > 0) throw refused(path, "EBUSY");
    return device.open(path);
  }

  /** The device is shown already; a driver that is bound says whether it stays. */
  #amt(me: SimulatedMe, name: string): MeiWdt {
    const tree = this.#tree;
    const folder = tree.readLink(`${CLASS}/${name}`)!.replace(/^(\.\.\/)+/, "/sys/");
    const timeout = tree.readText(`${folder}/timeout`)!;
    const nodes = [`/dev/${name}`, ...(name === "watchdog0" ? ["/dev/watchdog"] : [])];
    const entries = [`${CLASS}/${name}`, folder.replace(/\/[^/]+$/, ""), ...nodes.filter((node) => tree.stat(node))];
    let hidden: (() => void)[] | undefined = entries.map((entry) => tree.hide(entry));
    const driver = new MeiWdt(me, {
      register: () => {
        for (const show of hidden ?? []) show();
        hidden = undefined;
        tree.rewrite(`${folder}/timeout`, timeout);
        this.#devices.set(name, new CoreWatchdog(tree, name, driver));
      },
      unregister: () => {
        if (hidden !== undefined) return;
        this.#devices.get(name)!.end();
        this.#devices.delete(name);
        hidden = entries.map((entry) => tree.hide(entry));
      },
    });
    return driver;
  }
}

function refused(path: string, errno: Errno) {
  return watchdogError("open", new SystemError("open", errno), path);
}
