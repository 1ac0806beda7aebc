import { toHex } from "../../../core/binary/mod.ts";
import type { Guid } from "../../../core/guid.ts";
import { addresses } from "../../../simulator/hbm/addresses.ts";
import type { SimulatedMe } from "../../../simulator/me.ts";
import { deferred, within } from "./deadline.ts";

/** Commands of the bus that name a client in their second byte; by hand from hw.h. */
const commands = new Map([[0x06, "connect"], [0x07, "disconnect"]]);

/**
 * What the driver puts on the bus for one client of the firmware, oldest first: its messages in hex, each shorter than
 * a frame, and the words `connect` and `disconnect`.
 */
export class ClientWire {
  readonly #address: number | undefined;
  readonly #watchers = new Set<() => void>();
  readonly #said: string[] = [];

  constructor(me: SimulatedMe, client: Guid) {
    const clients = me.clients.map(({ properties }) => properties);
    this.#address = [...addresses(clients)].find(([, { guid }]) => guid === client)?.[0];
  }

  /** For {@link FirmwareLinkOptions.intercept}: looks on. */
  readonly intercept = (frame: Uint8Array): undefined => {
    const [client, host, , , command, named] = frame;
    const isCommand = client === 0 && host === 0;
    if ((isCommand ? named : client) !== this.#address) return;
    const said = isCommand ? commands.get(command!) : toHex(frame.subarray(4));
    if (said === undefined) return;
    this.#said.push(said);
    for (const watcher of this.#watchers) watcher();
  };

  /** What came since the last taking. */
  take(): string[] {
    return this.#said.splice(0);
  }

  /** Resolves when what came since the last taking is enough, and takes it; rejects after `timeoutMs`, by default 10 s. */
  async until(enough: (said: readonly string[]) => boolean, timeoutMs = 10_000): Promise<string[]> {
    const came = deferred();
    const watcher = () => enough(this.#said) && came.resolve();
    this.#watchers.add(watcher);
    watcher();
    try {
      await within(came.promise, timeoutMs, () => `the wire, which says ${this.#said.join(" ")}`);
    } finally {
      this.#watchers.delete(watcher);
    }
    return this.take();
  }
}
