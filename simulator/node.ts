import { AmtError } from "../core/errors/mod.ts";
import type { Guid } from "../core/guid.ts";
import type { Host } from "../ffi/host.ts";
import { holders } from "../transport/holders.ts";
import type { ConnectOptions, MeiConnection, MeiTransport } from "../transport/mei.ts";

const PATH = "/dev/mei0";

/** The simulated ME behind the node of its machine: a connect needs what opening that node needs. */
export class SimulatedNode implements MeiTransport {
  readonly #mei: MeiTransport;
  readonly #host: Host;

  constructor(mei: MeiTransport, host: Host) {
    this.#mei = mei;
    this.#host = host;
  }

  async connect(client: Guid, options?: ConnectOptions): Promise<MeiConnection> {
    const access = this.#host.access(PATH, "write");
    if (access === undefined) throw new AmtError("mei.absent", `${PATH}: there is no such device`);
    if (!access) throw new AmtError("mei.permission", `${PATH}: this user may not open it`);
    try {
      return await this.#mei.connect(client, options);
    } catch (error) {
      if (!(error instanceof AmtError) || error.code !== "mei.busy") throw error;
      const { driver, processes } = holders(this.#host, PATH, client);
      const names = [
        ...(driver === undefined ? [] : [`the kernel driver ${driver}`]),
        ...processes.map(({ pid, name }) => `${name} (process ${pid})`),
      ];
      const who = names.length === 0 ? "" : `; it may be held by ${names.join(", ")}`;
      const details = { ...error.details, driver: driver ?? null, processes };
      throw new AmtError("mei.busy", `${error.message}${who}`, { details, cause: error });
    }
  }
}
