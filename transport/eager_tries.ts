/** Waits before it is worth it: a command that asks a few things has none of this. */
const FIRST_WAITS = 64;
/** Tries in place of one poll, each after what else is to be done in this process. */
const TRIES = 5;
/** Polls after tries that were in vain. */
const PAUSE = 16;

/**
 * How often a read that would wait is tried again before the kernel is asked to wait. While messages follow each other
 * closely the next one is there after a try or two; a poll runs on another thread, and two changes of thread cost more
 * than the tries. That halves what a busy connection costs; one that answers now and then is left to the poll.
 */
export class EagerTries {
  #waits = 0;
  #polls = 0;

  /** For the next wait. */
  next(): number {
    if (this.#waits < FIRST_WAITS) {
      this.#waits++;
      return 0;
    }
    if (this.#polls > 0) {
      this.#polls--;
      return 0;
    }
    this.#polls = PAUSE;
    return TRIES;
  }

  /** The last ones were not in vain. */
  paid(): void {
    this.#polls = 0;
  }
}

/** Resolves when whatever is ready to be done in this process has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
