/** So many events wait for a slow reader; others are only counted. */
const MOST_WAITING = 1000;

/**
 * Events from callbacks, for a command that yields them, in order. A reader that falls behind loses those that come
 * while many wait; how many is told in their place.
 */
export class EventQueue<Event> {
  readonly #dropped: (count: number) => Event;
  readonly #events: Event[] = [];
  #missing = 0;
  #wake: (() => void) | undefined;
  #error: unknown;
  #over = false;

  /** `dropped` makes the event that stands for so many that are lost. */
  constructor(dropped: (count: number) => Event) {
    this.#dropped = dropped;
  }

  push(event: Event): void {
    const limit = this.#missing === 0 ? MOST_WAITING : MOST_WAITING / 2;
    if (this.#events.length >= limit) {
      this.#missing++;
      return;
    }
    this.#tellMissing();
    this.#events.push(event);
    this.#wake?.();
  }

  /** Ends the stream after the events that are there; with an error, if one is given. */
  end(error?: unknown): void {
    this.#over = true;
    this.#error ??= error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    for (;;) {
      if (this.#events.length === 0) this.#tellMissing();
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (!this.#over) await new Promise<void>((resolve) => this.#wake = resolve);
      else if (this.#error !== undefined) throw this.#error;
      else return;
    }
  }

  #tellMissing(): void {
    if (this.#missing > 0) this.#events.push(this.#dropped(this.#missing));
    this.#missing = 0;
  }
}
