import type { Clock } from "../../core/clock.ts";
import { AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import { type Armed, type Beat, type Feeder, mayHaveStarted } from "./feeder.ts";
import { RunClock } from "./run_clock.ts";
import type { Told } from "./run_events.ts";

/** What a run needs of the world. */
export interface RunWorld {
  readonly clock: Clock;
  /** Finds the watchdog anew. Rejects as `openFeeder` does. */
  open(signal: AbortSignal): Promise<Feeder>;
  /** Why the machine is not well; `undefined` when it is. Asked before each heartbeat. */
  check?(signal: AbortSignal): Promise<string | undefined>;
  /** Starts the command that is watched over, once there is a watchdog. */
  start?(): Promise<WatchedCommand>;
  /** Told READY=1 once, WATCHDOG=1 at least every 5 s, STATUS= and STOPPING=1; see sd_notify(3). */
  notify(state: string): void;
}

export interface WatchedCommand {
  /** Why it ended, `undefined` for well. Never settles while it runs, and never rejects. */
  readonly ended: Promise<string | undefined>;
}

export interface RunOptions {
  /** Between heartbeats; left out, half of the watchdog's own timeout. */
  readonly intervalMs?: number | undefined;
  readonly signal: AbortSignal;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10_000;
/** What the firmware may take to notice that time is up. */
const EXPIRY_MARGIN_MS = 1000;
/** How long a heartbeat of ours may keep the node from us before that ends the run. */
const STUCK_MS = 30_000;
/** How long an ended run may take to stop the watchdog. */
const LAST_WORD_MS = 1000;

/**
 * Feeds a watchdog until it is interrupted or the command ends. What stands in the way of the first heartbeat rejects;
 * what comes later is told and waited out. However it ends, it stops the watchdog; but when the command ends badly, it
 * gives no more heartbeats, waits until the firmware must have noticed, and rejects with `command.failed`. Rejects with
 * `usage` for an interval that would let the watchdog run out.
 */
export async function* runWatchdog(world: RunWorld, options: RunOptions): AsyncGenerator<Told> {
  const run = new Run(world, options);
  try {
    yield* run.events();
  } finally {
    await run.stop();
  }
}

class Run {
  readonly #world: RunWorld;
  readonly #clock: RunClock;
  readonly #signal: AbortSignal;
  readonly #intervalMs: number | undefined;
  readonly #commandOver = new AbortController();
  /** Ends a sleep: the interruption, or the end of the command. */
  readonly #waking: AbortSignal;
  #feeder: Feeder | undefined;
  /** When the last heartbeat was given. */
  #beatAt = 0;
  #armed: Armed = false;
  /** There was a heartbeat. */
  #ready = false;
  #well = true;
  #expired = false;
  /** The code of what keeps the watchdog away, as it was told. */
  #lost: ErrorCode | undefined;
  /** Since when a heartbeat of ours, which the firmware does not answer, is in the kernel and keeps the node. */
  #stuckSince: number | undefined;
  #ended: { readonly reason: string | undefined } | undefined;
  #retryMs = FIRST_RETRY_MS;
  #stopped = false;

  constructor(world: RunWorld, { signal, intervalMs }: RunOptions) {
    this.#world = world;
    this.#clock = new RunClock(world.clock, (state) => world.notify(state));
    this.#signal = signal;
    this.#waking = AbortSignal.any([signal, this.#commandOver.signal]);
    this.#intervalMs = intervalMs;
  }

  async *events(): AsyncGenerator<Told> {
    try {
      await this.#begin();
      yield this.#registered();
      for (;;) {
        const from = this.#clock.now();
        const reason = await this.#clock.attended(this.#world.check?.(this.#signal));
        this.#signal.throwIfAborted();
        if (this.#ended !== undefined) break;
        yield* reason === undefined ? this.#beat() : this.#withhold(reason);
        yield* this.#pause(this.#nextAt(from));
        if (this.#ended !== undefined) break;
      }
      if (this.#ended.reason !== undefined) yield* this.#letExpire(this.#ended.reason);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
    this.#clock.tell("STOPPING=1");
    const armed = await this.stop();
    const reason = this.#signal.aborted ? "interrupted" : "the command ended";
    yield { event: "ended", reason, armed };
    if (this.#signal.aborted || this.#ended?.reason === undefined) return;
    throw new AmtError("command.failed", `the command ${this.#ended.reason}`);
  }

  /** Stops the watchdog as well as it can, once, and lets go of it; answers how it is left. */
  async stop(): Promise<Armed> {
    if (!this.#stopped && this.#armed !== false) this.#armed = await this.#disarmed();
    // With nowayout the close is a heartbeat, if it is the first.
    else if (this.#feeder?.leaves === true) this.#armed = true;
    this.#stopped = true;
    await this.#close();
    return this.#armed;
  }

  async #begin(): Promise<void> {
    this.#feeder = await this.#clock.attended(this.#world.open(this.#signal));
    const { timeoutSeconds } = this.#feeder;
    if (this.#intervalMs !== undefined && this.#intervalMs >= 1000 * timeoutSeconds) {
      throw new AmtError("usage", `heartbeats each ${this.#intervalMs / 1000} s for a timeout of ${timeoutSeconds} s`, {
        hint: "Choose an interval well below the watchdog's timeout, or the watchdog runs out each time",
      });
    }
    (await this.#world.start?.())?.ended.then((reason) => {
      this.#ended = { reason };
      this.#commandOver.abort();
    });
  }

  /** One heartbeat; a watchdog that has gone is told of and looked for. */
  async *#beat(): AsyncGenerator<Told> {
    if (!this.#well) yield { event: "healthy" };
    this.#well = true;
    this.#expired = false;
    try {
      const isBack = this.#feeder === undefined;
      this.#feeder ??= await this.#clock.attended(this.#world.open(this.#signal));
      const beat = await this.#clock.attended(this.#feeder.beat({ signal: this.#signal }));
      this.#lost = undefined;
      this.#stuckSince = undefined;
      this.#retryMs = FIRST_RETRY_MS;
      this.#beatAt = this.#clock.now();
      this.#armed = !beat.notRequired;
      this.#tellReady(beat);
      if (isBack) yield this.#registered();
      yield { event: "heartbeat", ...beat };
      if (beat.notRequired) yield* this.#notRequired();
    } catch (error) {
      if (!(error instanceof AmtError)) throw error;
      // What a heartbeat of before still does there, nothing tells.
      if (this.#armed !== false || mayHaveStarted(error)) this.#armed = "unknown";
      if (this.#signal.aborted || !this.#ready || error.code === "usage") throw error;
      if (this.#isStuck(error)) throw error;
      await this.#close();
      if (error.code !== this.#lost) yield { event: "lost", reason: error.message, code: error.code };
      this.#lost = error.code;
      this.#clock.tell(`STATUS=Looking for the watchdog: ${error.message}`);
    }
  }

  /** A restart of the ME frees the node, and so does the end of this process: it comes when the ME has had its time. */
  #isStuck({ code, details }: AmtError): boolean {
    if (code === "indeterminate" && details["pending"] === true) this.#stuckSince ??= this.#clock.now();
    const isBusy = code === "mei.busy" && this.#stuckSince !== undefined;
    return isBusy && this.#clock.now() - this.#stuckSince! >= STUCK_MS;
  }

  async *#notRequired(): AsyncGenerator<Told> {
    yield { event: "notRequired" };
    if (this.#feeder?.via !== "kernel") return;
    // The kernel's device is gone with it, which is no news, and comes back when heartbeats are wanted again.
    this.#lost = "mei.absent";
    await this.#close();
  }

  async *#withhold(reason: string): AsyncGenerator<Told> {
    if (this.#well) yield this.#unhealthy(reason);
    this.#well = false;
    if (this.#expired || this.#armed !== true || this.#clock.now() < this.#overAt()) return;
    this.#expired = true;
    yield { event: "expired" };
  }

  /** When the next heartbeat, or the next try, is due after a turn that began at `from`. */
  #nextAt(from: number): number {
    if (this.#feeder === undefined) {
      const pause = this.#retryMs;
      this.#retryMs = Math.min(2 * pause, LONGEST_RETRY_MS);
      return this.#clock.now() + pause;
    }
    const at = from + (this.#intervalMs ?? this.#feeder.timeoutSeconds * 500);
    return !this.#well && !this.#expired && this.#armed === true ? Math.min(at, this.#overAt()) : at;
  }

  /** Sleeps until then, in slices, since a suspend stops the clock that timers go by. A suspend ends it. */
  async *#pause(until: number): AsyncGenerator<Told> {
    for (let left = until - this.#clock.now(); left > 0; left = until - this.#clock.now()) {
      await this.#sleep(left);
      if (this.#ended !== undefined) return;
      const slept = this.#clock.noticeSuspend();
      if (slept === 0) continue;
      yield { event: "suspended", seconds: Math.round(slept / 1000) };
      return;
    }
  }

  /** The end of the command cuts it short. */
  async #sleep(ms: number): Promise<void> {
    try {
      await this.#clock.sleep(ms, this.#waking);
    } catch (error) {
      if (this.#signal.aborted) throw error;
    }
  }

  /** No more heartbeats until the firmware must have noticed; the node stays open, or its close would stop the watchdog. */
  async *#letExpire(reason: string): AsyncGenerator<Told> {
    yield this.#unhealthy(reason);
    if (this.#armed !== true) return;
    for (let left = 1; left > 0; left = this.#overAt() - this.#clock.now()) {
      await this.#clock.sleep(left, this.#signal);
    }
    yield { event: "expired" };
  }

  /** A watchdog that went away is looked for once more, unless it is to run out. */
  async #disarmed(): Promise<Armed> {
    if (this.#feeder === undefined && this.#ended?.reason !== undefined) return this.#armed;
    const signal = AbortSignal.timeout(LAST_WORD_MS);
    try {
      this.#feeder ??= await this.#world.open(signal);
      await this.#feeder.disarm({ signal });
      return false;
    } catch (error) {
      if (!(error instanceof AmtError)) throw error;
      return error.code === "amt.state" ? true : "unknown";
    }
  }

  async #close(): Promise<void> {
    const feeder = this.#feeder;
    this.#feeder = undefined;
    await feeder?.[Symbol.asyncDispose]();
  }

  #registered(): Told {
    const { via, path = null, timeoutSeconds } = this.#feeder!;
    return { event: "registered", via, path, timeoutSeconds };
  }

  #unhealthy(reason: string): Told {
    const left = Math.max(0, Math.ceil((this.#overAt() - EXPIRY_MARGIN_MS - this.#clock.now()) / 1000));
    return { event: "unhealthy", reason, armed: this.#armed, expiresInSeconds: this.#armed === true ? left : null };
  }

  #tellReady({ notRequired }: Beat): void {
    const status = notRequired ? "STATUS=The firmware wants no heartbeats" : "STATUS=Heartbeats are given";
    this.#clock.tell(this.#ready ? `WATCHDOG=1\n${status}` : `READY=1\nWATCHDOG=1\n${status}`);
    this.#ready = true;
  }

  /** When the firmware must have noticed that there are no heartbeats. */
  #overAt(): number {
    return this.#beatAt + 1000 * (this.#feeder?.timeoutSeconds ?? 0) + EXPIRY_MARGIN_MS;
  }
}
