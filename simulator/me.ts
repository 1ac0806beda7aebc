import type { Guid } from "../core/guid.ts";
import { FirmwareConnection, type HostEnd } from "./connection.ts";
import { FaultPlan } from "./faults.ts";
import type { FirmwareClient } from "./firmware_client.ts";
import type { Profile } from "./profiles/profile.ts";

/** Why a connect is refused; the names of the HBM connect status. */
export type Refusal = "notFound" | "rejected";

export interface SimulatedMeOptions {
  readonly faults?: FaultPlan | undefined;
}

/**
 * A Management Engine in software: the clients of one profile, their connections, and faults. It knows nothing of how
 * bytes get here: `mei.ts` puts it behind `MeiTransport`, `hbm/` behind host bus messages.
 */
export class SimulatedMe {
  readonly profile: Profile;
  readonly clients: readonly FirmwareClient[];
  readonly faults: FaultPlan;
  readonly #open = new Set<FirmwareConnection>();
  readonly #resetListeners = new Set<() => void>();

  constructor(profile: Profile, options: SimulatedMeOptions = {}) {
    this.profile = profile;
    this.clients = profile.clients();
    this.faults = options.faults ?? new FaultPlan([]);
  }

  client(id: Guid): FirmwareClient | undefined {
    return this.clients.find((client) => client.properties.guid === id);
  }

  get openConnections(): number {
    return this.#open.size;
  }

  connect(id: Guid, host: HostEnd): FirmwareConnection | Refusal {
    const client = this.client(id);
    if (client === undefined) return "notFound";
    if (this.faults.connect(id) === "busy") return "rejected";
    const { maxConnections, fixedAddress } = client.properties;
    const used = [...this.#open].filter((connection) => connection.client === client).length;
    if (used >= (fixedAddress === 0 ? maxConnections : 1)) return "rejected";
    const connection = new FirmwareConnection(client, host, {
      fault: (message) => this.faults.message(id, message),
      reset: () => this.reset(),
      closed: () => this.#open.delete(connection),
    });
    this.#open.add(connection);
    return connection;
  }

  /** The firmware restarts: every connection is gone, and whoever carries the link is told. */
  reset(): void {
    for (const connection of [...this.#open]) connection.lost();
    for (const listener of [...this.#resetListeners]) listener();
  }

  /** Calls `listener` after each reset; the answer takes it off again. */
  onReset(listener: () => void): () => void {
    this.#resetListeners.add(listener);
    return () => this.#resetListeners.delete(listener);
  }
}
