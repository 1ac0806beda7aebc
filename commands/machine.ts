import { AmtError } from "../core/errors/mod.ts";
import type { Host, HostStat } from "../ffi/host.ts";
import type { Libc } from "../ffi/libc.ts";
import type { SysfsWriter } from "../ffi/sysfs_writer.ts";
import { noDevice } from "../services/no_device.ts";
import type { MeiTransport } from "../transport/mei.ts";
import type { WatchdogTransport } from "../transport/watchdog.ts";
import { chooseNode, type MeiNode, meiNodes } from "../transport/sysfs.ts";
import { basename } from "../transport/sysfs_path.ts";

export interface MachineOptions {
  /**
   * The path of a node, or `sim[:PROFILE[+SITUATION]]`; left out, the node of the Management Engine is chosen by its
   * kind.
   */
  readonly device?: string | undefined;
}

/** The device that a machine's Management Engine is reached through. */
export interface Device {
  /** As a person named it: `/dev/mei0`, `sim:activated`. */
  readonly name: string;
  readonly path: string;
  /** What sysfs knows of it. */
  readonly node: MeiNode | undefined;
}

/**
 * This machine, or a simulated one: both are seen through the same doors. Disposal ends helper threads, at once, but
 * for a watchdog that is released: it waits until that has its driver again.
 */
export interface Machine extends AsyncDisposable {
  readonly host: Host;
  readonly simulated: boolean;
  /** Throws `mei.absent`, with what to check, and `usage` for a path that is no device. Opens nothing. */
  device(): Device;
  /** Rejects as {@link Machine.device} throws; the node itself is opened by `connect`. */
  openMei(): Promise<MeiTransport>;
  /** The kernel's watchdogs; a node is opened by `open`. */
  openWatchdogs(): Promise<WatchdogTransport>;
  /**
   * Runs `work` while no kernel driver holds the WD client, then gives it back; answers what to warn of. Rejects as
   * `work` does; with `mei.permission` or `io.write` when the driver does not let go.
   */
  withWatchdogReleased(work: () => Promise<void>, signal: AbortSignal): Promise<string[]>;
}

const NAME_A_NODE = "Write the path of a node, such as /dev/mei0, or sim[:PROFILE[+SITUATION]]";

/** Opens the machine. The simulator and the FFI are loaded only when they are used. Throws `usage`. */
export async function openMachine(options: MachineOptions = {}): Promise<Machine> {
  const { device } = options;
  const simulated = /^sim(?::(.*))?$/s.exec(device ?? "");
  if (simulated !== null) return await simulatedMachine(simulated[1]);
  if (device !== undefined && !device.includes("/")) {
    throw new AmtError("usage", `"${device}" is no device`, { hint: NAME_A_NODE });
  }
  return await realMachine(device);
}

async function simulatedMachine(simulated: string | undefined): Promise<Machine> {
  const { createSimulator } = await import("../simulator/mod.ts");
  const simulator = createSimulator(simulated);
  const { name, mei, host, sysfs } = simulator;
  const release = new WatchdogRelease(host, () => chosenDevice(host), () => Promise.resolve(sysfs));
  return {
    host,
    simulated: true,
    device: () => ({ ...chosenDevice(host), name: `sim:${name}` }),
    openMei: () => new Promise((resolve) => resolve(explaining(mei, chosenDevice(host)))),
    openWatchdogs: () => Promise.resolve(simulator.watchdogs),
    withWatchdogReleased: (work, signal) => release.around(work, signal),
    async [Symbol.asyncDispose]() {
      await release.settled();
      simulator[Symbol.dispose]();
    },
  };
}

async function realMachine(path: string | undefined): Promise<Machine> {
  const { loadHost, loadSysfsWriter } = await import("../ffi/load.ts");
  const host = await loadHost();
  const device = () => path === undefined ? chosenDevice(host) : namedDevice(host, path);
  const release = new WatchdogRelease(host, device, loadSysfsWriter);
  const owned: Libc[] = [];
  return {
    host,
    simulated: false,
    device,
    async openMei() {
      const found = device();
      const [{ loadLibc }, { MeiDevice }] = await Promise.all([
        import("../ffi/load.ts"),
        import("../transport/mei_device.ts"),
      ]);
      const libc = await loadLibc();
      owned.push(libc);
      return explaining(new MeiDevice({ libc, host, path: found.path }), found);
    },
    async openWatchdogs() {
      const [{ loadLibc }, { WatchdogDevice }] = await Promise.all([
        import("../ffi/load.ts"),
        import("../transport/watchdog_device.ts"),
      ]);
      const libc = await loadLibc();
      owned.push(libc);
      return new WatchdogDevice({ libc, host });
    },
    withWatchdogReleased: (work, signal) => release.around(work, signal),
    async [Symbol.asyncDispose]() {
      await release.settled();
      for (const libc of owned.splice(0)) libc.dispose();
    },
  };
}

/** What of the watchdog is released by one machine, and not yet given back. */
class WatchdogRelease {
  readonly #host: Host;
  readonly #device: () => Device;
  readonly #openWriter: () => Promise<SysfsWriter>;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(host: Host, device: () => Device, openWriter: () => Promise<SysfsWriter>) {
    this.#host = host;
    this.#device = device;
    this.#openWriter = openWriter;
  }

  async around(work: () => Promise<void>, signal: AbortSignal): Promise<string[]> {
    const { node } = this.#device();
    if (node === undefined) {
      await work();
      return [];
    }
    const { withWatchdogReleased } = await import("../services/release_watchdog.ts");
    const place = { host: this.#host, writer: await this.#openWriter(), node };
    const pending = withWatchdogReleased(place, work, signal);
    this.#pending.add(pending);
    try {
      return await pending;
    } finally {
      this.#pending.delete(pending);
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }
}

/** The transport, telling a client of AMT's that is missing as `amt.absent` or `amt.disabled`. */
function explaining(mei: MeiTransport, { node }: Device): MeiTransport {
  return {
    async connect(client, options) {
      try {
        return await mei.connect(client, options);
      } catch (error) {
        if (!(error instanceof AmtError) || error.code !== "mei.clientNotOffered") throw error;
        const { explainAbsence } = await import("../protocols/mei/absence.ts");
        throw explainAbsence(error, client, node);
      }
    },
  };
}

function chosenDevice(host: Host): Device {
  const node = chooseNode(host);
  if (node === undefined) throw noDevice(host);
  return { name: node.path, path: node.path, node };
}

const kinds: Readonly<Record<HostStat["kind"], string>> = {
  file: "a file",
  directory: "a directory",
  character: "a character device",
  other: "neither a file nor a character device",
};

function namedDevice(host: Host, path: string): Device {
  const stat = host.stat(path);
  if (stat?.kind !== "character") {
    const present = meiNodes(host).map((node) => node.path).join(", ");
    const hint = present === "" ? noDevice(host).hint : `This machine has ${present}`;
    const details = { path };
    if (stat === undefined) throw new AmtError("mei.absent", `${path} does not exist`, { hint, details });
    const message = `${path} is ${kinds[stat.kind]}, and no node of the mei driver`;
    throw new AmtError("usage", message, { hint: present === "" ? NAME_A_NODE : hint, details });
  }
  const name = basename(host.readLink(path) ?? path);
  return { name: path, path, node: meiNodes(host).find((node) => node.name === name) };
}
