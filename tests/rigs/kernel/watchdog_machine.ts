import { expect } from "vitest";
import type { Clock } from "../../../core/clock.ts";
import { MKHI, WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { simulatedClock } from "../../../simulator/clock.ts";
import { createSimulator, type SimulatedMe, type Simulator, type SimulatorOptions } from "../../../simulator/mod.ts";
import type { WatchdogTimer } from "../../../simulator/watchdog_timer.ts";
import { ClientWire } from "./client_wire.ts";
import { deferred, within } from "./deadline.ts";
import { holds, reaches, succeeds, watchdogDriver } from "./describe_guest.ts";
import type { Guest } from "./guest.ts";
import type { FirmwareLink } from "./link.ts";

/** By hand from `struct mei_wdt_stop_request` and `struct mei_wdt_start_request` of drivers/watchdog/mei_wdt.c. */
export const STOP = "02021410";
export const start = (seconds = 120) =>
  `02151310${Buffer.from([seconds & 0xff, seconds >> 8]).toString("hex")}${"00".repeat(17)}`;

export interface WatchdogMachineOptions extends Pick<SimulatorOptions, "faults" | "watchdogOnClose"> {
  readonly profile?: string;
  /** How many times as fast as real time the firmware's timers run. Default 60: 120 s are 2 s. */
  readonly timeScale?: number;
}

/** A guest with a firmware whose watchdog is looked at: on the bus, and by what it writes when time is up. */
export class WatchdogMachine implements AsyncDisposable {
  readonly me: SimulatedMe;
  readonly link: FirmwareLink;
  readonly wire: ClientWire;
  readonly #guest: Guest;
  readonly #simulator: Simulator;
  readonly #clock: Clock;

  private constructor(guest: Guest, simulator: Simulator, clock: Clock, bus: { link: FirmwareLink; wire: ClientWire }) {
    this.me = simulator.me;
    this.link = bus.link;
    this.wire = bus.wire;
    this.#guest = guest;
    this.#simulator = simulator;
    this.#clock = clock;
  }

  /** Resolves when the bus has settled: before, mei_wdt must not be loaded. */
  static async start(guest: Guest, options: WatchdogMachineOptions = {}): Promise<WatchdogMachine> {
    const { profile, timeScale = 60, ...rest } = options;
    const clock = simulatedClock(timeScale);
    const simulator = createSimulator(profile, { ...rest, clock });
    const { me } = simulator;
    const wire = new ClientWire(me, WATCHDOG);
    const link = await guest.firmware(me, { intercept: wire.intercept });
    await reaches(guest, "ENABLED");
    await holds(guest, `[ -e /sys/bus/mei/devices/*${me.watchdog === undefined ? MKHI : WATCHDOG} ]`);
    return new WatchdogMachine(guest, simulator, clock, { link, wire });
  }

  /** The firmware's watchdog; there must be one. */
  get timer(): WatchdogTimer {
    return this.me.watchdog!;
  }

  /** Loads mei_wdt, with its own first messages taken from the wire, and unloads it when disposed of. */
  async driver(): Promise<AsyncDisposable> {
    const driver = await watchdogDriver(this.#guest, { offered: true });
    await this.wire.until((said) => said.includes(STOP));
    return driver;
  }

  /** How many entries the event log has. */
  get expiries(): number {
    return this.me.eventLog.entries.length;
  }

  /** Resolves when the next entry is written, with how many of the firmware's seconds that is after the last heartbeat. */
  async nextExpiry(): Promise<number> {
    const came = deferred<number>();
    const stop = this.me.eventLog.onEntry(() =>
      came.resolve((this.#clock.monotonic() - this.timer.beatTimes.at(-1)!) / 1000)
    );
    try {
      return await within(came.promise, 20_000, () => "an entry in the event log");
    } finally {
      stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link[Symbol.asyncDispose]();
    this.#simulator[Symbol.dispose]();
  }
}

/** 120 s after the heartbeat, give or take what timers and a busy host are off, many times as long by that clock. */
export function expectInTime(seconds: number): void {
  expect(seconds).toBeGreaterThan(119);
  expect(seconds).toBeLessThan(180);
}

/** Loads softdog, and unloads it when disposed of. */
export async function softdog(guest: Guest): Promise<AsyncDisposable> {
  await succeeds(guest, "insmod /lib/mod/softdog.ko");
  return { [Symbol.asyncDispose]: () => succeeds(guest, "rmmod softdog") };
}
