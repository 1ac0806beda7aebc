/** How often it is looked while nothing hints that there is something to see, in ms. */
const IDLE_MS = 250;
/** Of the time, looking takes one part in so many at most. */
const SHARE = 10;

/** Looks soon after each hint, and now and then while the last look says that it should; never all the time. */
export class Lookout implements Disposable {
  readonly #look: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #restUntil = -Infinity;

  /** `look` answers whether it is to be looked again without a hint. */
  constructor(look: () => boolean) {
    this.#look = look;
  }

  hint(): void {
    this.#schedule(0);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#due = -Infinity;
  }

  #schedule(ms: number): void {
    const now = performance.now();
    const due = Math.max(now + ms, this.#restUntil);
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#run(), due - now);
  }

  #run(): void {
    this.#due = Infinity;
    const start = performance.now();
    const again = this.#look();
    const end = performance.now();
    this.#restUntil = end + (SHARE - 1) * (end - start);
    if (again) this.#schedule(IDLE_MS);
  }
}
