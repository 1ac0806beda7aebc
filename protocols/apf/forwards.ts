import { type ApfClock, waitFor } from "./waiting.ts";

/** A port that the firmware wants to be reached at. */
export interface Forward {
  /** Mostly AMT's host name; what the firmware said, and not checked. */
  readonly address: string;
  readonly port: number;
}

interface Waiter {
  readonly ports: readonly number[];
  resolve(forward: Forward): void;
}

/** The ports that the firmware forwards now. */
export class Forwards {
  readonly #clock: ApfClock;
  readonly #waiters = new Set<Waiter>();
  #list: readonly Forward[] = [];
  #hadAny = false;

  constructor(clock: ApfClock) {
    this.#clock = clock;
  }

  get list(): readonly Forward[] {
    return this.#list;
  }

  /** There was one, though firmware takes its forwards back when they are idle. */
  get hadAny(): boolean {
    return this.#hadAny;
  }

  find({ address, port }: Forward): Forward | undefined {
    return this.#list.find((each) => each.address === address && each.port === port);
  }

  add(forward: Forward): void {
    this.#list = [...this.#list, forward];
    this.#hadAny = true;
    for (const waiter of this.#waiters) {
      if (!waiter.ports.includes(forward.port)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(forward);
    }
  }

  remove(forward: Forward): void {
    this.#list = this.#list.filter((each) => each !== forward);
  }

  /** The first of these ports that is forwarded, or will be within `ms`. Rejects with `timeout`, or with `signal`. */
  async first(ports: readonly number[], ms: number, signal: AbortSignal): Promise<Forward> {
    const found = this.#list.find(({ port }) => ports.includes(port));
    if (found !== undefined) return found;
    return await waitFor<Forward>((resolve) => {
      const waiter = { ports, resolve };
      this.#waiters.add(waiter);
      return () => this.#waiters.delete(waiter);
    }, {
      clock: this.#clock,
      ms,
      signal,
      subject: "LME",
      late: `the firmware forwards none of the ports ${ports.join(", ")}`,
    });
  }
}
