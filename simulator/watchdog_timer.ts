import type { Clock } from "../core/clock.ts";
import type { EventLog, EventLogEntry } from "./event_log.ts";

/** What becomes of a watchdog that runs when the connection that fed it ends without a stop. */
export type WatchdogOnClose = "runs" | "stops";

export interface WatchdogTimerOptions {
  readonly clock: Clock;
  readonly eventLog: EventLog;
  /** Default `runs`, an assumption: no source tells what firmware does. */
  readonly onClose?: WatchdogOnClose | undefined;
}

/** So many times of heartbeats are kept. */
const MOST_TIMES = 10_000;

/**
 * The entry that says that the operating system's heartbeats stopped. That it is of sensor type 18, with the marker
 * 0xaa, the front of a GUID and the state 8 for "expired" in its data, is how consoles read entries of agents'
 * watchdogs; that the OS watchdog's has the GUID of its MEI client and these words elsewhere is not verified.
 */
const expired: Omit<EventLogEntry, "timeSeconds"> = {
  deviceAddress: 0xff,
  sensorType: 18,
  eventType: 0x6f,
  offset: 0,
  sourceType: 0x68,
  severity: 16,
  sensorNumber: 0xff,
  entity: 38,
  entityInstance: 0,
  data: Uint8Array.of(0xaa, 0x6f, 0x9a, 0xb7, 0x05, 0x28, 0x46, 8),
};

/**
 * The firmware's side of the OS-health watchdog: armed by each heartbeat for its timeout; when none comes in time, it
 * writes to the event log once, and runs again from the next heartbeat on. While the firmware does not require it, a
 * heartbeat starts nothing.
 */
export class WatchdogTimer {
  readonly #clock: Clock;
  readonly #eventLog: EventLog;
  readonly #onClose: WatchdogOnClose;
  readonly #beatTimes: number[] = [];
  readonly #requiredListeners = new Set<() => void>();
  #alarm: AbortController | undefined;
  #timeoutSeconds: number | undefined;
  #beats = 0;
  #stops = 0;
  #required = true;

  constructor({ clock, eventLog, onClose = "runs" }: WatchdogTimerOptions) {
    this.#clock = clock;
    this.#eventLog = eventLog;
    this.#onClose = onClose;
  }

  get armed(): boolean {
    return this.#alarm !== undefined;
  }

  /** That of the last heartbeat. */
  get timeoutSeconds(): number | undefined {
    return this.#timeoutSeconds;
  }

  /** Heartbeats that came, the first of a run included. */
  get beats(): number {
    return this.#beats;
  }

  /** When the last of them came, at most 10,000: milliseconds of the firmware's monotonic clock. */
  get beatTimes(): readonly number[] {
    return [...this.#beatTimes];
  }

  /** Stops that came. */
  get stops(): number {
    return this.#stops;
  }

  get required(): boolean {
    return this.#required;
  }

  /** Whether the firmware wants heartbeats, as it says in each acknowledgement. When it wants them again, it tells hosts. */
  setRequired(required: boolean): void {
    if (required === this.#required) return;
    this.#required = required;
    if (!required) return this.#disarm();
    for (const listener of [...this.#requiredListeners]) listener();
  }

  /** Calls `listener` when heartbeats are required again; the answer takes it off. */
  onRequired(listener: () => void): () => void {
    this.#requiredListeners.add(listener);
    return () => this.#requiredListeners.delete(listener);
  }

  /** The host sent a heartbeat. */
  beat(timeoutSeconds: number): void {
    this.#beats++;
    this.#beatTimes.push(this.#clock.monotonic());
    if (this.#beatTimes.length > MOST_TIMES) this.#beatTimes.shift();
    this.#timeoutSeconds = timeoutSeconds;
    this.#disarm();
    if (this.#required) this.#arm(timeoutSeconds);
  }

  /** The host sent a stop. */
  stop(): void {
    this.#stops++;
    this.#disarm();
  }

  /** The connection that heartbeats came by is gone. */
  closed(): void {
    if (this.#onClose === "stops") this.#disarm();
  }

  /** The firmware restarts, and comes up with the watchdog off: an assumption, like what it does on a close. */
  reset(): void {
    this.#disarm();
  }

  [Symbol.dispose](): void {
    this.#disarm();
  }

  #arm(timeoutSeconds: number): void {
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#clock.sleep(1000 * timeoutSeconds, alarm.signal, "simulated watchdog").then(
      () => {
        if (this.#alarm !== alarm) return;
        this.#alarm = undefined;
        this.#eventLog.write(expired);
      },
      () => {},
    );
  }

  #disarm(): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
  }
}
