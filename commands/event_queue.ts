/** Events from callbacks, for a command that yields them: in order, and none is lost. */
export class EventQueue<Event> {
  readonly #events: Event[] = [];
  #wake: (() => void) | undefined;
  #error: unknown;
  #over = false;

  push(event: Event): void {
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
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (!this.#over) await new Promise<void>((resolve) => this.#wake = resolve);
      else if (this.#error !== undefined) throw this.#error;
      else return;
    }
  }
}
