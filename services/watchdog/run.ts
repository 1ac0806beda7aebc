import type { Clock } from "../../core/clock.ts";
import { AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import type { Armed, Beat, Feeder } from "./feeder.ts";
import type { Told } from "./run_events.ts";

/** What a run needs of the world. */
export interface RunWorld {
  readonly clock: Clock;
  /** Finds the watchdog anew. Rejects as `openFeeder` does. */
  open(signal: AbortSignal): Promise<Feeder>;
  /** Why the machine is not well; `undefined` when it is. Asked before each heartbeat. */
  check?(signal: AbortSignal): Promise<string | undefined>;
  /** The command that is watched over: why it ended, `undefined` for well. Never settles while it runs. */
  readonly command?: Promise<string | undefined> | undefined;
  /** Told READY=1 once, WATCHDOG=1 whenever the run is awake, STATUS= and STOPPING=1; see sd_notify(3). */
  notify(state: string): void;
}

export interface RunOptions {
  /** Between heartbeats; left out, half of the watchdog's own timeout. */
  readonly intervalMs?: number | undefined;
  readonly signal: AbortSignal;
}

/** The longest sleep: a suspend is noticed, and the supervisor told, no later than that. */
const SLICE_MS = 5000;
/** A difference of the clocks below this is no suspend. */
const SUSPEND_MS = 1500;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10_000;
/** What the firmware may take to notice that time is up. */
const EXPIRY_MARGIN_MS = 1000;
/** How long an ended run may take to stop the watchdog. */
const LAST_WORD_MS = 2000;

/** What says that the watchdog is away for now, so that it is looked for again. */
const passing: readonly ErrorCode[] = [
  "mei.reset",
  "mei.notReady",
  "mei.absent",
  "mei.clientNotOffered",
  "mei.closed",
  "mei.busy",
  "amt.disabled",
  "indeterminate",
  "firmware.protocol",
  "firmware.refused",
  "timeout",
];

/**
 * Feeds a watchdog until it is interrupted or the command ends. What stands in the way of the first heartbeat rejects;
 * what comes later is told and waited out. It stops the watchdog when it ends well. When the command ends badly it gives no more
 * heartbeats, waits until the firmware must have noticed, and rejects with `command.failed`.
 */
export async function* runWatchdog(world: RunWorld, options: RunOptions): AsyncGenerator<Told> {
  const run = new Run(world, options);
  try {
    yield* run.events();
  } finally {
    await run.close();
  }
}

class Run {
  readonly #world: RunWorld;
  readonly #signal: AbortSignal;
  readonly #intervalMs: number | undefined;
  #feeder: Feeder | undefined;
  /** When the last heartbeat was given, and when this turn began. */
  #beatAt = 0;
  #turnAt = 0;
  #armed: Armed = false;
  /** There was a heartbeat. */
  #ready = false;
  /** The code of what keeps the watchdog away, as it was told. */
  #lost: ErrorCode | undefined;
  /** Since when, in boot time less monotonic time, the machine has slept all in all. */
  #slept: number;
  #ended: { readonly reason: string | undefined } | undefined;
  readonly #commandOver = new AbortController();
  #retryMs = FIRST_RETRY_MS;

  constructor(world: RunWorld, { signal, intervalMs }: RunOptions) {
    this.#world = world;
    this.#signal = signal;
    this.#intervalMs = intervalMs;
    this.#slept = this.#sleepTime();
    world.command?.then((reason) => {
      this.#ended = { reason };
      this.#commandOver.abort();
    });
  }

  async *events(): AsyncGenerator<Told> {
    this.#feeder = await this.#world.open(this.#signal);
    let well = true;
    let expired = false;
    try {
      yield this.#registered();
      for (;;) {
        if (this.#ended !== undefined) break;
        this.#turnAt = this.#now();
        const reason = await this.#world.check?.(this.#signal);
        if (reason !== undefined) {
          if (well) yield this.#unhealthy(reason);
          well = false;
          if (!expired && this.#isOver()) {
            expired = true;
            yield { event: "expired" };
          }
        } else {
          if (!well) yield { event: "healthy" };
          well = true;
          expired = false;
          yield* this.#beat();
        }
        yield* this.#pause();
      }
      if (this.#ended.reason !== undefined) yield* this.#letExpire(this.#ended.reason);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
    yield await this.#end();
    if (this.#ended?.reason !== undefined) throw new AmtError("command.failed", `the command ${this.#ended.reason}`);
  }

  async close(): Promise<void> {
    const feeder = this.#feeder;
    this.#feeder = undefined;
    await feeder?.[Symbol.asyncDispose]();
  }

  /** One heartbeat; a watchdog that has gone is told of and looked for. */
  async *#beat(): AsyncGenerator<Told> {
    try {
      if (this.#feeder === undefined) {
        this.#feeder = await this.#world.open(this.#signal);
        yield this.#registered();
      }
      const beat = await this.#feeder.beat({ signal: this.#signal });
      this.#lost = undefined;
      this.#retryMs = FIRST_RETRY_MS;
      this.#beatAt = this.#now();
      this.#armed = !beat.notRequired;
      this.#tellReady(beat);
      yield { event: "heartbeat", ...beat };
      if (!beat.notRequired) return;
      yield { event: "notRequired" };
      // The kernel's device is gone with it, and comes back when the firmware wants heartbeats again.
      if (this.#feeder.via === "kernel") await this.close();
    } catch (error) {
      if (this.#signal.aborted || !this.#ready || !(error instanceof AmtError)) throw error;
      if (!passing.includes(error.code)) throw error;
      await this.close();
      // What a heartbeat of before still does there, nothing tells.
      this.#armed = this.#armed === false ? false : "unknown";
      if (error.code !== this.#lost) yield { event: "lost", reason: error.message, code: error.code };
      this.#lost = error.code;
      this.#world.notify(`STATUS=Looking for the watchdog: ${error.message}`);
    }
  }

  /** Sleeps until the next heartbeat is due, in slices, since a suspend stops the clock that timers go by. */
  async *#pause(): AsyncGenerator<Told> {
    const until = this.#turnAt + this.#pauseMs();
    for (;;) {
      const left = until - this.#now();
      if (left <= 0 || this.#ended !== undefined) return;
      await this.#sleep(Math.min(left, SLICE_MS));
      this.#world.notify("WATCHDOG=1");
      const slept = this.#sleepTime() - this.#slept;
      if (slept < SUSPEND_MS) continue;
      this.#slept += slept;
      yield { event: "suspended", seconds: Math.round(slept / 1000) };
      return;
    }
  }

  #pauseMs(): number {
    if (this.#feeder !== undefined) return this.#intervalMs ?? this.#feeder.timeoutSeconds * 500;
    const pause = this.#retryMs;
    this.#retryMs = Math.min(2 * pause, LONGEST_RETRY_MS);
    return pause;
  }

  /** The end of the command cuts it short. */
  async #sleep(ms: number): Promise<void> {
    const signal = AbortSignal.any([this.#signal, this.#commandOver.signal]);
    try {
      await this.#world.clock.sleep(ms, signal, "watchdog run");
    } catch (error) {
      if (!this.#commandOver.signal.aborted || this.#signal.aborted) throw error;
    }
  }

  /** No more heartbeats until the firmware must have noticed; the node stays open, or its close would stop the watchdog. */
  async *#letExpire(reason: string): AsyncGenerator<Told> {
    yield this.#unhealthy(reason);
    if (this.#armed !== true) return;
    const { clock } = this.#world;
    while (!this.#isOver()) {
      const left = this.#overAt() - this.#now();
      await clock.sleep(Math.min(Math.max(left, 1), SLICE_MS), this.#signal, "watchdog run");
      this.#world.notify("WATCHDOG=1");
    }
    yield { event: "expired" };
  }

  /** Stops the watchdog, also after an interruption. */
  async #end(): Promise<Told> {
    this.#world.notify("STOPPING=1");
    const reason = this.#signal.aborted ? "interrupted" : "the command ended";
    const feeder = this.#feeder;
    let armed = this.#armed;
    if (feeder !== undefined && armed !== false) {
      try {
        await feeder.disarm({ signal: AbortSignal.timeout(LAST_WORD_MS) });
        armed = false;
      } catch (error) {
        if (!(error instanceof AmtError)) throw error;
        armed = error.code === "amt.state" ? true : "unknown";
      }
    }
    await this.close();
    return { event: "ended", reason, armed };
  }

  #registered(): Told {
    const { via, path = null, timeoutSeconds } = this.#feeder!;
    return { event: "registered", via, path, timeoutSeconds };
  }

  #unhealthy(reason: string): Told {
    const left = Math.max(0, Math.ceil((this.#overAt() - EXPIRY_MARGIN_MS - this.#now()) / 1000));
    return { event: "unhealthy", reason, armed: this.#armed, expiresInSeconds: this.#armed === true ? left : null };
  }

  #tellReady({ notRequired }: Beat): void {
    const status = notRequired ? "STATUS=The firmware wants no heartbeats" : "STATUS=Heartbeats are given";
    this.#world.notify(this.#ready ? `WATCHDOG=1\n${status}` : `READY=1\nWATCHDOG=1\n${status}`);
    this.#ready = true;
  }

  #isOver(): boolean {
    return this.#armed === true && this.#now() >= this.#overAt();
  }

  #overAt(): number {
    return this.#beatAt + 1000 * (this.#feeder?.timeoutSeconds ?? 0) + EXPIRY_MARGIN_MS;
  }

  /** Boot time as far as suspends are noticed; finer than what the system tells of it. */
  #now(): number {
    return this.#world.clock.monotonic() + this.#slept;
  }

  #sleepTime(): number {
    return this.#world.clock.boottime() - this.#world.clock.monotonic();
  }
}
