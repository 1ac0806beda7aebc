import { AmtError } from "../core/errors/mod.ts";
import type { Host } from "../ffi/host.ts";
import type { Libc } from "../ffi/libc.ts";
import { explainAbsence } from "../protocols/mei/absence.ts";
import { noDevice } from "../services/no_device.ts";
import type { MeiTransport } from "../transport/mei.ts";
import { chooseNode, type MeiNode, meiNodes } from "../transport/sysfs.ts";
import { basename } from "../transport/sysfs_path.ts";

export interface MachineOptions {
  /** The path of a node, or `sim[:PROFILE]`; left out, the node of the Management Engine is chosen by its kind. */
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

/** This machine, or a simulated one: both are seen through the same doors. Disposal ends helper threads, at once. */
export interface Machine extends AsyncDisposable {
  readonly host: Host;
  /** Throws `mei.absent`, with what to check. Opens nothing. */
  device(): Device;
  /** Rejects as {@link Machine.device} throws; the node itself is opened by `connect`. */
  openMei(): Promise<MeiTransport>;
}

/** Opens the machine. The simulator and the FFI are loaded only when they are used. Throws `usage`. */
export async function openMachine(options: MachineOptions = {}): Promise<Machine> {
  const { device } = options;
  const simulated = /^sim(?::(.*))?$/s.exec(device ?? "");
  if (simulated !== null) return await simulatedMachine(simulated[1]);
  if (device !== undefined && !device.includes("/")) {
    const hint = "Write the path of a node, such as /dev/mei0, or sim[:PROFILE]";
    throw new AmtError("usage", `"${device}" is no device`, { hint });
  }
  return await realMachine(device);
}

async function simulatedMachine(profile: string | undefined): Promise<Machine> {
  const { createSimulator } = await import("../simulator/mod.ts");
  const { me, mei, host } = createSimulator(profile);
  return {
    host,
    device: () => ({ ...chosenDevice(host), name: `sim:${me.profile.name}` }),
    openMei: () => new Promise((resolve) => resolve(explaining(mei, chosenDevice(host)))),
    async [Symbol.asyncDispose]() {},
  };
}

async function realMachine(path: string | undefined): Promise<Machine> {
  const { loadHost } = await import("../ffi/load.ts");
  const host = await loadHost();
  const device = () => path === undefined ? chosenDevice(host) : namedDevice(host, path);
  const owned: Libc[] = [];
  return {
    host,
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
    [Symbol.asyncDispose]() {
      for (const libc of owned.splice(0)) libc.dispose();
      return Promise.resolve();
    },
  };
}

/** The transport, telling a client of AMT's that is missing as `amt.absent` or `amt.disabled`. */
function explaining(mei: MeiTransport, { node }: Device): MeiTransport {
  return {
    async connect(client, options) {
      try {
        return await mei.connect(client, options);
      } catch (error) {
        throw explainAbsence(error, client, node?.firmwareStatus ?? []);
      }
    },
  };
}

function chosenDevice(host: Host): Device {
  const node = chooseNode(host);
  if (node === undefined) throw noDevice(host);
  return { name: node.path, path: node.path, node };
}

function namedDevice(host: Host, path: string): Device {
  if (host.stat(path) === undefined) {
    const present = meiNodes(host).map((node) => node.path).join(", ");
    const hint = present === "" ? noDevice(host).hint : `This machine has ${present}`;
    throw new AmtError("mei.absent", `${path} does not exist`, { hint, details: { path } });
  }
  const name = basename(host.readLink(path) ?? path);
  return { name: path, path, node: meiNodes(host).find((node) => node.name === name) };
}
