import type { Context } from "../../commands/command.ts";
import type { LmeOptions } from "../../simulator/lme/options.ts";
import { createSimulator, type Simulator } from "../../simulator/mod.ts";
import { fakeContext } from "./fakes.ts";

export interface TunnelContextOptions {
  readonly lme?: LmeOptions;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: ReadableStream<Uint8Array>;
  readonly output?: WritableStream<Uint8Array>;
}

/** A simulated machine of a user who is not root, and a context over it. */
export function tunnelContext({ lme = {}, env = {}, ...streams }: TunnelContextOptions = {}) {
  const simulator: Simulator = createSimulator("activated", { lme });
  // Its /proc and /sys; the node is opened as root.
  const { host } = createSimulator("activated", { uid: 1000 });
  const abort = new AbortController();
  const finishing: Promise<unknown>[] = [];
  const base = fakeContext({ host, simulated: true, openMei: () => Promise.resolve(simulator.mei) });
  const context: Context = {
    ...base,
    ...streams,
    signal: abort.signal,
    env: (name) => env[name],
    finish: (work) => void finishing.push(work),
  };
  return { simulator, me: simulator.me, context, notes: base.notes.all, abort, finishing };
}

/** Events of a stream as they come. */
export class Told<Event extends { event: string }> {
  readonly events: Event[] = [];
  /** Resolves when the stream ends; rejects with its error. */
  readonly ended: Promise<void>;

  constructor(stream: AsyncIterable<Event>) {
    this.ended = (async () => {
      for await (const event of stream) this.events.push(event);
    })();
    this.ended.catch(() => {});
  }

  named<Name extends Event["event"]>(name: Name): Extract<Event, { event: Name }>[] {
    return this.events.filter((event): event is Extract<Event, { event: Name }> => event.event === name);
  }
}
