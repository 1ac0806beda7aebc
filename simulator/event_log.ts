/**
 * One entry of AMT's event log, `AMT_MessageLog`: the fields of its 21 bytes, which are those of a platform event
 * trap. Sources: Intel's AMT SDK; MeshCommander's reading of the fields.
 */
export interface EventLogEntry {
  /** Seconds since 1970, by the firmware's clock. */
  readonly timeSeconds: number;
  readonly deviceAddress: number;
  /** What the event is about, as in IPMI. */
  readonly sensorType: number;
  /** 0x6f: the offset is read by the sensor's type. */
  readonly eventType: number;
  readonly offset: number;
  readonly sourceType: number;
  /** 1 monitor, 2 information, 4 OK, 8 non-critical, 16 critical, 32 non-recoverable. */
  readonly severity: number;
  readonly sensorNumber: number;
  readonly entity: number;
  readonly entityInstance: number;
  /** 8 bytes. */
  readonly data: Uint8Array;
}

/** What consoles report of the capacity is 390 to 400. */
export const EVENT_LOG_CAPACITY = 390;

/** The event log of a simulated ME; when it is full, the oldest entry makes room. */
export class EventLog {
  readonly #now: () => number;
  readonly #entries: EventLogEntry[] = [];
  readonly #listeners = new Set<(entry: EventLogEntry) => void>();
  /** It takes no entries, and keeps those it has. */
  isFrozen = false;

  /** @param now milliseconds since 1970, by the firmware's clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The oldest first. */
  get entries(): readonly EventLogEntry[] {
    return [...this.#entries];
  }

  /** Forgets all entries. */
  clear(): void {
    this.#entries.length = 0;
  }

  write(event: Omit<EventLogEntry, "timeSeconds">): void {
    if (this.isFrozen) return;
    const entry = { timeSeconds: Math.floor(this.#now() / 1000), ...event };
    this.#entries.push(entry);
    if (this.#entries.length > EVENT_LOG_CAPACITY) this.#entries.shift();
    for (const listener of [...this.#listeners]) listener(entry);
  }

  /** Calls `listener` with each new entry; the answer takes it off again. */
  onEntry(listener: (entry: EventLogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
