import { runWatchdog, type RunWorld } from "../../../services/watchdog/run.ts";
import type { Told } from "../../../services/watchdog/run_events.ts";
import type { ManualClock } from "../../fakes/clock.ts";

/** A run that goes on beside a test. */
export interface Running {
  readonly events: readonly Told[];
  /** The names of the events so far. */
  readonly names: readonly string[];
  /** What the supervisor was told, and when by the monotonic clock. */
  readonly notes: readonly { readonly at: number; readonly state: string }[];
  /** Resolves or rejects as the stream of events does. */
  readonly done: Promise<void>;
  interrupt(): void;
  event<E extends Told["event"]>(name: E): Extract<Told, { event: E }> | undefined;
}

/** Starts a run and collects its events. */
export function running(
  world: Omit<RunWorld, "notify" | "clock"> & { readonly clock: ManualClock },
  intervalMs?: number,
): Running {
  const abort = new AbortController();
  const events: Told[] = [];
  const notes: { at: number; state: string }[] = [];
  const notify = (state: string) => void notes.push({ at: world.clock.monotonic(), state });
  async function collect() {
    const { signal } = abort;
    for await (const event of runWatchdog({ ...world, notify }, { signal, intervalMs })) events.push(event);
  }
  const done = collect();
  done.catch(() => {});
  return {
    events,
    get names() {
      return events.map(({ event }) => event);
    },
    notes,
    done,
    interrupt: () => abort.abort(),
    event: <E extends Told["event"]>(name: E) =>
      events.findLast((each): each is Extract<Told, { event: E }> => each.event === name),
  };
}

/** When all promises that can settle by themselves have. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
