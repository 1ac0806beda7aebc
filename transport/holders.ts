import type { Guid } from "../core/guid.ts";
import type { Host } from "../ffi/host.ts";
import { busClients } from "./sysfs_bus.ts";
import { basename } from "./sysfs_path.ts";
import { linkName } from "./sysfs_text.ts";

export interface NodeHolders {
  /** Processes that have the node open. */
  readonly processes: readonly { readonly pid: number; readonly name: string }[];
  /** Whether this user may see the open files of all processes. */
  readonly complete: boolean;
}

/** Those of a mei device; which client each process is connected to is known to nobody but the driver. */
export interface Holders extends NodeHolders {
  /** The kernel driver bound to the client, such as `mei_wdt`. */
  readonly driver: string | undefined;
}

/** Who may hold a client of the firmware. */
export function holders(host: Host, path: string, client: Guid): Holders {
  return { driver: driverOf(host, path, client), ...holdersOfNode(host, [path]) };
}

/** Who has a device node open, under any of its paths. */
export function holdersOfNode(host: Host, paths: readonly string[]): NodeHolders {
  const processes = [];
  for (const process of host.processes()) {
    const isHolder = process.openFiles().some((file) => paths.includes(file));
    if (isHolder) processes.push({ pid: process.pid, name: process.name });
  }
  return { processes, complete: host.uid === 0 };
}

function driverOf(host: Host, path: string, client: Guid): string | undefined {
  const parent = linkName(host, `/sys/class/mei/${basename(path)}/device`);
  return busClients(host, { parent }).find(({ guid, driver }) => guid === client && driver !== undefined)?.driver;
}
