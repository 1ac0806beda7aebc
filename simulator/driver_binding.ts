import type { Guid } from "../core/guid.ts";
import { sysfsWriteError, type SysfsWriter } from "../ffi/sysfs_writer.ts";
import { busClients } from "../transport/sysfs.ts";
import type { HostTree } from "./host_tree.ts";

const BUS = "/sys/bus/mei";
const ATTRIBUTE = /^\/sys\/bus\/mei\/drivers\/([^/]+)\/(unbind|bind)$/;

/** The driver core of the simulated machine, as far as drivers of the mei bus are bound and unbound by hand. */
export class DriverBinding implements SysfsWriter {
  readonly #tree: HostTree;
  readonly #changed: (driver: string, isBound: boolean) => void;

  /** `changed` is called when a driver has got a client, or has to let it go. */
  constructor(tree: HostTree, changed: (driver: string, isBound: boolean) => void = () => {}) {
    this.#tree = tree;
    this.#changed = changed;
  }

  /** Whether a kernel driver is bound to this client, and so has a connection to it. */
  holds(client: Guid): boolean {
    return busClients(this.#tree, { parent: undefined }).some(({ guid, driver }) =>
      guid === client && driver !== undefined
    );
  }

  writeText(path: string, text: string): Promise<void> {
    return new Promise((resolve) => resolve(this.#write(path, text)));
  }

  #write(path: string, device: string): void {
    const [, driver, action] = ATTRIBUTE.exec(path) ?? [];
    const access = this.#tree.access(path, "write");
    if (driver === undefined || access === undefined) throw sysfsWriteError(path, "ENOENT");
    if (!access) throw sysfsWriteError(path, "EACCES");
    const target = this.#tree.readLink(`${BUS}/devices/${device}`);
    if (target === undefined) throw sysfsWriteError(path, "ENODEV");
    const at = target.replace(/^(\.\.\/)+/, "/sys/");
    const isBound = this.#tree.readLink(`${at}/driver`) !== undefined;
    const isMine = this.#tree.readLink(`${BUS}/drivers/${driver}/${device}`) !== undefined;
    if (action === "unbind") {
      if (!isMine) throw sysfsWriteError(path, "ENODEV");
      this.#changed(driver, false);
      this.#tree.remove(`${at}/driver`).remove(`${BUS}/drivers/${driver}/${device}`);
    } else {
      if (isBound) throw sysfsWriteError(path, "EBUSY");
      this.#tree
        .link(`${at}/driver`, `../../../../bus/mei/drivers/${driver}`)
        .link(`${BUS}/drivers/${driver}/${device}`, `../../../../${at.slice("/sys/".length)}`);
      this.#changed(driver, true);
    }
  }
}
