export interface Alarm {
  readonly name: string;
  readonly title: string;
  /** `2026-01-01T00:00:00Z`. */
  readonly start: string;
  /** `P1DT0H0M`; a span of nothing for an alarm that comes once. */
  readonly interval: string;
  readonly deleteOnCompletion: boolean;
}

/** As many alarms as AMT takes, by name. That there are five is what consoles say. */
const CAPACITY = 5;

/** The alarms that are set. They never go off: nothing here sleeps. */
export class Alarms {
  readonly #byName = new Map<string, Alarm>();

  get all(): readonly Alarm[] {
    return [...this.#byName.values()];
  }

  get isFull(): boolean {
    return this.#byName.size >= CAPACITY;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  add(alarm: Alarm): void {
    this.#byName.set(alarm.name, alarm);
  }

  remove(name: string): void {
    this.#byName.delete(name);
  }
}
