import type { Clock } from "../core/clock.ts";
import type { Guid } from "../core/guid.ts";
import { LME, WATCHDOG } from "../protocols/mei/known_clients.ts";
import { type AmtOptions, SimulatedAmt } from "./amt.ts";
import { AmtTime } from "./amt_time.ts";
import { simulatedClock } from "./clock.ts";
import { FirmwareConnection, type HostEnd } from "./connection.ts";
import { EventLog } from "./event_log.ts";
import { FaultPlan } from "./faults.ts";
import type { FirmwareClient } from "./firmware_client.ts";
import { Lme } from "./lme/lme.ts";
import type { LmeOptions } from "./lme/options.ts";
import type { Profile } from "./profiles/profile.ts";
import { type WatchdogOnClose, WatchdogTimer } from "./watchdog_timer.ts";

/** Why a connect is refused; the names of the HBM connect status. */
export type Refusal = "notFound" | "rejected";

export interface SimulatedMeOptions {
  readonly faults?: FaultPlan | undefined;
  /** What the firmware's timers go by. Default: real time. */
  readonly clock?: Clock | undefined;
  readonly watchdogOnClose?: WatchdogOnClose | undefined;
  readonly lme?: LmeOptions | undefined;
  readonly amt?: AmtOptions | undefined;
}

/**
 * A Management Engine in software: the clients of one profile, their connections, and faults. It knows nothing of how
 * bytes get here: `mei.ts` puts it behind `MeiTransport`, `hbm/` behind host bus messages.
 */
export class SimulatedMe implements Disposable {
  readonly profile: Profile;
  readonly clients: readonly FirmwareClient[];
  readonly faults: FaultPlan;
  readonly eventLog: EventLog;
  /** `undefined` where AMT is off or not there. */
  readonly amt: SimulatedAmt | undefined;
  readonly #watchdog: WatchdogTimer;
  readonly #lme: Lme;
  readonly #open = new Set<FirmwareConnection>();
  readonly #resetListeners = new Set<() => void>();

  constructor(profile: Profile, options: SimulatedMeOptions = {}) {
    const { clock = simulatedClock(), faults = new FaultPlan([]), watchdogOnClose: onClose } = options;
    const time = new AmtTime(clock);
    this.profile = profile;
    this.faults = faults;
    this.eventLog = new EventLog(() => time.now());
    this.#watchdog = new WatchdogTimer({ clock, eventLog: this.eventLog, onClose });
    this.#watchdog.onRequired(() => this.notify(WATCHDOG));
    this.#lme = new Lme(options.lme, clock, () => this.reset());
    const { eventLog } = this;
    this.amt = profile.amt && new SimulatedAmt(profile.amt, { ...options.amt, clock, time, eventLog });
    this.clients = profile.clients({ watchdog: this.#watchdog, lme: this.#lme, amt: this.amt });
  }

  client(id: Guid): FirmwareClient | undefined {
    return this.clients.find((client) => client.properties.guid === id);
  }

  /** The OS-health watchdog; `undefined` where the firmware does not offer its client. */
  get watchdog(): WatchdogTimer | undefined {
    return this.client(WATCHDOG) === undefined ? undefined : this.#watchdog;
  }

  /** The firmware behind LME; `undefined` where it does not offer this client. */
  get lme(): Lme | undefined {
    return this.client(LME) === undefined ? undefined : this.#lme;
  }

  /** Without those to a fixed address, which have no end. */
  get openConnections(): number {
    return [...this.#open].filter(({ client }) => client.properties.fixedAddress === 0).length;
  }

  /** `elsewhere`: connections of that client that others have, such as a kernel driver. */
  connect(id: Guid, host: HostEnd, elsewhere = 0): FirmwareConnection | Refusal {
    const client = this.client(id);
    if (client === undefined) return "notFound";
    if (this.faults.connect(id) === "busy") return "rejected";
    const { maxConnections, fixedAddress } = client.properties;
    const used = elsewhere + [...this.#open].filter((connection) => connection.client === client).length;
    if (used >= (fixedAddress === 0 ? maxConnections : 1)) return "rejected";
    const connection = new FirmwareConnection(client, host, {
      fault: (message) => this.faults.message(id, message),
      reset: () => this.reset(),
      closed: () => this.#open.delete(connection),
    });
    this.#open.add(connection);
    return connection;
  }

  /** Tells hosts of an event of this client; those on the bus get it if they asked to be told. */
  notify(id: Guid): void {
    for (const connection of [...this.#open]) if (connection.client.properties.guid === id) connection.notify();
  }

  /** The firmware restarts: every connection is gone, and whoever carries the link is told. */
  reset(): void {
    for (const connection of [...this.#open]) connection.lost();
    for (const client of this.clients) client.reset?.();
    for (const listener of [...this.#resetListeners]) listener();
  }

  /** Calls `listener` after each reset; the answer takes it off again. */
  onReset(listener: () => void): () => void {
    this.#resetListeners.add(listener);
    return () => this.#resetListeners.delete(listener);
  }

  /** Stops its timers; the connections are those of their hosts. */
  [Symbol.dispose](): void {
    this.#watchdog[Symbol.dispose]();
    this.amt?.[Symbol.dispose]();
  }
}
