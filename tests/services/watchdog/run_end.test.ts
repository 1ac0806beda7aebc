import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import type { Beat, Feeder } from "../../../services/watchdog/feeder.ts";
import { openFeeder } from "../../../services/watchdog/open_feeder.ts";
import { runWatchdog } from "../../../services/watchdog/run.ts";
import type { Told } from "../../../services/watchdog/run_events.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { confirmed, FakeFeeder, type FakeFeederOptions } from "./fake_feeder.ts";
import { start120, stop, type WatchdogMachine, watchdogMachine } from "./machine.ts";
import { running, settled } from "./running.ts";

/** A command that ends when a test says so. */
function command() {
  let end = (_: string | undefined) => {};
  const ended = new Promise<string | undefined>((resolve) => end = resolve);
  return { end, start: () => Promise.resolve({ ended }) };
}

const opener = ({ source }: WatchdogMachine) => (signal: AbortSignal) => openFeeder(source, { via: "auto", signal });

describe.each(["kernel", "mei"] as const)("runWatchdog over %s, with a command", (via) => {
  it("stops the watchdog at once when it ends well", async () => {
    using machine = await watchdogMachine({ via });
    const { clock } = machine;
    const { start, end } = command();
    const run = running({ clock, open: opener(machine), start });
    await settled();
    await clock.advance(10_000);
    end(undefined);
    await run.done;
    expect(run.names).toEqual(["registered", "heartbeat", "ended"]);
    expect(run.events.at(-1)).toEqual({ event: "ended", reason: "the command ended", armed: false });
    expect(machine.sent).toEqual([start120, stop]);
    expect([machine.timer.armed, clock.sleepers]).toEqual([false, 0]);
  });
  it("gives no more heartbeats when it ends badly, lets the firmware notice, and then ends with command.failed", async () => {
    using machine = await watchdogMachine({ via });
    const { clock, me } = machine;
    const { start, end } = command();
    const run = running({ clock, open: opener(machine), start });
    await settled();
    await clock.advance(10_000);
    end("ended with 3");
    await settled();
    expect(run.event("unhealthy")).toEqual({
      event: "unhealthy",
      reason: "ended with 3",
      armed: true,
      expiresInSeconds: 110,
    });
    await clock.advance(110_999);
    expect(run.names).toEqual(["registered", "heartbeat", "unhealthy"]);
    expect(me.eventLog.entries).toHaveLength(1);
    await clock.advance(1);
    await expect(run.done).rejects.toMatchObject({
      code: "command.failed",
      exitCode: 1,
      message: "the command ended with 3",
    });
    expect(run.names.slice(3)).toEqual(["expired", "ended"]);
    expect(run.event("ended")).toMatchObject({ armed: false });
    expect(machine.sent.filter((message) => message === start120)).toHaveLength(1);
    expect(clock.sleepers).toBe(0);
  });
});

describe("runWatchdog, with a command", () => {
  it("starts it when the watchdog was found, and not before", async () => {
    const clock = new ManualClock();
    let started = 0;
    const start = () => (started++, command().start());
    const open = () => Promise.reject(new AmtError("amt.disabled", "AMT is disabled"));
    await expect(running({ clock, open, start }).done).rejects.toMatchObject({ code: "amt.disabled" });
    expect(started).toBe(0);
    const run = running({ clock, open: () => Promise.resolve(new FakeFeeder(clock)), start });
    await settled();
    expect(started).toBe(1);
    run.interrupt();
    await run.done;
  });
  it("gives no heartbeat, and lets the watchdog go, when it cannot be started", async () => {
    const clock = new ManualClock();
    const feeder = new FakeFeeder(clock);
    const start = () => Promise.reject(new AmtError("usage", "nothing: ENOENT"));
    const run = running({ clock, open: () => Promise.resolve(feeder), start });
    await expect(run.done).rejects.toMatchObject({ code: "usage" });
    expect([feeder.beatsAt, feeder.stops, feeder.closes]).toEqual([[], 0, 1]);
  });
  it("gives no heartbeat for one that ends badly while the check goes on", async () => {
    const clock = new ManualClock();
    const feeder = new FakeFeeder(clock);
    const { start, end } = command();
    const check = () => clock.sleep(5000, undefined, "test").then(() => undefined);
    const run = running({ clock, open: () => Promise.resolve(feeder), start, check });
    await settled();
    await clock.advance(1000);
    end("was ended by SIGSEGV");
    await clock.advance(4000);
    await expect(run.done).rejects.toMatchObject({ code: "command.failed" });
    expect(feeder.beatsAt).toEqual([]);
    expect(run.names).toEqual(["registered", "unhealthy", "ended"]);
    expect(run.event("ended")).toMatchObject({ armed: false });
  });
  it("is told as interrupted when it ends by what interrupts the run too, as with Ctrl-C", async () => {
    const clock = new ManualClock();
    const { start, end } = command();
    const run = running({ clock, open: () => Promise.resolve(new FakeFeeder(clock)), start });
    await settled();
    end("was ended by SIGINT");
    await settled();
    run.interrupt();
    await run.done;
    expect(run.event("ended")).toEqual({ event: "ended", reason: "interrupted", armed: false });
  });
  it("sends no stop for a watchdog that went away and may run out, when it ends badly", async () => {
    const clock = new ManualClock();
    const { start, end } = command();
    const feeders: FakeFeeder[] = [];
    const beat = (): Promise<Beat> =>
      feeders.length > 1 || clock.monotonic() > 0
        ? Promise.reject(new AmtError("indeterminate", "lost"))
        : Promise.resolve(confirmed);
    const open = () => {
      feeders.push(new FakeFeeder(clock, { beat }));
      return Promise.resolve(feeders.at(-1)!);
    };
    const run = running({ clock, open, start });
    await settled();
    await clock.advance(60_000);
    end("ended with 1");
    await expect(run.done).rejects.toMatchObject({ code: "command.failed" });
    expect(run.event("ended")).toMatchObject({ armed: "unknown" });
    expect(feeders.map(({ stops }) => stops)).toEqual([0]);
  });
});

describe("runWatchdog, interrupted", () => {
  const never = (signal: AbortSignal | undefined) =>
    new Promise<never>((_, reject) => {
      const onAbort = () => reject(new AmtError("indeterminate", "sent, and interrupted"));
      signal!.addEventListener("abort", onAbort, { once: true });
    });

  interface Stage {
    readonly feeder?: FakeFeederOptions;
    /** Refuses the search, from this one on. */
    readonly lost?: number;
    readonly hangs?: number;
    readonly check?: (signal: AbortSignal) => Promise<string | undefined>;
    readonly start?: ReturnType<typeof command>;
    readonly stops: number;
  }

  const failing = command();
  const stages: Record<string, Stage> = {
    "while the watchdog is looked for at first": { hangs: 1, stops: 0 },
    "in the first check": { check: (signal) => never(signal).catch(() => "killed"), stops: 0 },
    "in the first heartbeat": { feeder: { beat: (_, { signal }) => never(signal) }, stops: 1 },
    "in a later heartbeat": {
      feeder: { beat: (number, { signal }) => number === 1 ? Promise.resolve(confirmed) : never(signal) },
      stops: 1,
    },
    "in a pause": { stops: 1 },
    "in a later check": { check: laterCheck(), stops: 1 },
    "while heartbeats are withheld": { check: laterNo(), stops: 1 },
    "while it lets the watchdog expire": { start: failing, stops: 1 },
  };

  function laterCheck() {
    let checks = 0;
    return (signal: AbortSignal) =>
      ++checks === 1 ? Promise.resolve(undefined) : never(signal).catch(() => "was killed");
  }

  function laterNo() {
    let checks = 0;
    return () => Promise.resolve(++checks === 1 ? undefined : "is ill");
  }

  it.each(Object.entries(stages))("%s: stops the watchdog, says so last, and leaves nothing open", async (_, stage) => {
    const clock = new ManualClock();
    const feeder = new FakeFeeder(clock, stage.feeder);
    const { check, start } = stage;
    const open = (signal: AbortSignal) => stage.hangs === 1 ? never(signal) : Promise.resolve<Feeder>(feeder);
    const run = running({ clock, open, ...(check && { check }), ...(start && { start: start.start }) });
    await settled();
    start?.end("ended with 1");
    await clock.advance(70_000);
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toEqual({ event: "ended", reason: "interrupted", armed: false });
    expect(run.names.filter((name) => name === "unhealthy")).toHaveLength(
      _ === "while heartbeats are withheld" || start !== undefined ? 1 : 0,
    );
    expect([feeder.stops, feeder.closes, clock.sleepers]).toEqual([stage.stops, stage.hangs === 1 ? 0 : 1, 0]);
    expect(run.notes.at(-1)!.state).toBe("STOPPING=1");
  });

  it("while it looks for a watchdog that may run: stops it if it is there again", async () => {
    using machine = await watchdogMachine({ via: "mei", faults: [{ kind: "disconnect", nth: 2 }] });
    const { clock } = machine;
    const run = running({ clock, open: opener(machine) });
    await settled();
    await clock.advance(60_000);
    expect(run.names.at(-1)).toBe("lost");
    expect(machine.timer.armed).toBe(true);
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ event: "ended", armed: false });
    expect(machine.sent).toEqual([start120, start120, stop]);
    expect([machine.timer.armed, machine.me.openConnections, clock.sleepers]).toEqual([false, 0, 0]);
  });
  it("while it looks for a watchdog that stays away: says that it is unknown", async () => {
    const clock = new ManualClock();
    let isAway = false;
    const gone = new AmtError("mei.reset", "gone");
    const feeder = new FakeFeeder(clock, { beat: () => isAway ? Promise.reject(gone) : Promise.resolve(confirmed) });
    const run = running({ clock, open: () => isAway ? Promise.reject(gone) : Promise.resolve(feeder) });
    await settled();
    isAway = true;
    await clock.advance(70_000);
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ event: "ended", armed: "unknown" });
    expect([feeder.closes, clock.sleepers]).toEqual([1, 0]);
  });
  it("says that the watchdog stays armed with nowayout", async () => {
    using machine = await watchdogMachine({ nowayout: true });
    const run = running({ clock: machine.clock, open: opener(machine) });
    await settled();
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ event: "ended", armed: true });
    expect(machine.timer.armed).toBe(true);
  });
  it("says so too when there was no heartbeat yet, which the close then gives", async () => {
    using machine = await watchdogMachine({ nowayout: true });
    const run = running({ clock: machine.clock, open: opener(machine), check: () => Promise.resolve("is ill") });
    await settled();
    expect(machine.sent).toEqual([]);
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ event: "ended", armed: true });
    expect([machine.sent, machine.timer.armed]).toEqual([[start120], true]);
  });
  it("says that it is unknown when the stop is not answered in time", async () => {
    const clock = new ManualClock();
    const disarm = ({ signal }: { signal?: AbortSignal | undefined }) => never(signal);
    const feeder = new FakeFeeder(clock, { disarm });
    const run = running({ clock, open: () => Promise.resolve(feeder) });
    await settled();
    const start = performance.now();
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ event: "ended", armed: "unknown" });
    expect(performance.now() - start).toBeLessThan(5000);
    expect([feeder.stops, feeder.closes]).toEqual([1, 1]);
  });
  it("stops the watchdog when nobody wants to hear the events any more", async () => {
    const clock = new ManualClock();
    const feeder = new FakeFeeder(clock);
    const { signal } = new AbortController();
    const world = { clock, open: () => Promise.resolve(feeder), notify() {} };
    const heard: Told[] = [];
    for await (const event of runWatchdog(world, { signal })) {
      heard.push(event);
      if (event.event === "heartbeat") break;
    }
    expect([heard.length, feeder.stops, feeder.closes, clock.sleepers]).toEqual([2, 1, 1, 0]);
  });
});
