import { describe, expect, it } from "vitest";
import type { Clock } from "../../../core/clock.ts";
import { openFeeder } from "../../../services/watchdog/open_feeder.ts";
import { runWatchdog } from "../../../services/watchdog/run.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeFeeder, type FakeFeederOptions } from "./fake_feeder.ts";
import { start120, start300, stop, watchdogMachine } from "./machine.ts";
import { running, settled } from "./running.ts";

/** A run over a watchdog in memory that is found at once. */
async function fed(options: FakeFeederOptions = {}, intervalMs?: number, clock = new ManualClock()) {
  const feeder = new FakeFeeder(clock, options);
  const run = running({ clock, open: () => Promise.resolve(feeder) }, intervalMs);
  await settled();
  return { clock, feeder, run };
}

describe("runWatchdog, heartbeats", () => {
  it.each([[120, 60_000], [300, 150_000], [3600, 1_800_000]])(
    "come at half of a timeout of %i s unless told otherwise",
    async (timeoutSeconds, half) => {
      const { clock, feeder, run } = await fed({ timeoutSeconds });
      expect(feeder.beatsAt).toEqual([0]);
      await clock.advance(half - 1);
      expect(feeder.beatsAt).toHaveLength(1);
      await clock.advance(1 + 2 * half);
      expect(feeder.beatsAt).toEqual([0, half, 2 * half, 3 * half]);
      expect(run.names).toEqual(["registered", ...Array(4).fill("heartbeat")]);
      run.interrupt();
      await run.done;
    },
  );
  it("come at the interval that is wanted, whatever the check and the answer take of it", async () => {
    const clock = new ManualClock();
    const takes = (ms: number) => clock.sleep(ms, undefined, "test");
    const feeder = new FakeFeeder(clock, {
      async beat() {
        await takes(500);
        return { acknowledged: true, status: 0, notRequired: false, roundTripMs: 500 };
      },
    });
    const check = () => takes(4000).then(() => undefined);
    const run = running({ clock, open: () => Promise.resolve(feeder), check }, 20_000);
    await settled();
    await clock.advance(65_000);
    expect(feeder.beatsAt).toEqual([4000, 24_000, 44_000, 64_000]);
    run.interrupt();
    await clock.advance(1000);
    await run.done;
  });
  it.each([120_000, 120_001, 600_000])(
    "are refused at an interval of %i ms, by which they would run out",
    async (ms) => {
      const { feeder, run } = await fed({}, ms);
      await expect(run.done).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("interval") });
      expect([feeder.beatsAt, feeder.stops, feeder.closes]).toEqual([[], 0, 1]);
    },
  );
  it("are neither early nor late on clocks that differ by what they are read with", async () => {
    const clock = new ManualClock();
    // As /proc/uptime, which tells hundredths of a second, and is read a little after the other.
    const coarse: Clock = {
      monotonic: () => clock.monotonic() + 3,
      boottime: () => Math.floor((clock.boottime() + 12_345_678.9) / 10) * 10,
      sleep: (ms, signal, subject) => clock.sleep(ms, signal, subject),
    };
    const feeder = new FakeFeeder(clock);
    const abort = new AbortController();
    const events: string[] = [];
    const world = { clock: coarse, open: () => Promise.resolve(feeder), notify() {} };
    const done = (async () => {
      for await (const { event } of runWatchdog(world, { signal: abort.signal, intervalMs: 7000 })) events.push(event);
    })();
    await settled();
    await clock.advance(700_000);
    expect(feeder.beatsAt).toHaveLength(101);
    feeder.beatsAt.forEach((at, index) => expect(Math.abs(at - 7000 * index)).toBeLessThan(0.01));
    expect(events).not.toContain("suspended");
    abort.abort();
    await done;
  });
  it("leave nothing behind, ten thousand of them", async () => {
    let now = 0;
    let sleepers = 0;
    const clock: Clock = {
      monotonic: () => now,
      boottime: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          sleepers++;
          const end = (settle: () => void) => {
            sleepers--;
            settle();
          };
          // The pauses pass at once; those beside a heartbeat are cut short by its end.
          if (ms === 1000) queueMicrotask(() => end(() => (now += ms, resolve())));
          else signal!.addEventListener("abort", () => end(() => reject(signal!.reason)), { once: true });
        }),
    };
    const feeder = new FakeFeeder(clock);
    const { signal, listeners, abort } = countedSignal();
    let beats = 0;
    const most = { sleepers: 0, listeners: 0 };
    for await (
      const { event } of runWatchdog({ clock, open: () => Promise.resolve(feeder), notify() {} }, {
        signal,
        intervalMs: 1000,
      })
    ) {
      if (event !== "heartbeat") continue;
      most.sleepers = Math.max(most.sleepers, sleepers);
      most.listeners = Math.max(most.listeners, listeners());
      if (++beats === 10_000) abort();
    }
    expect([beats, feeder.stops, feeder.closes]).toEqual([10_000, 1, 1]);
    expect([most.sleepers, most.listeners, sleepers, listeners()]).toEqual([0, 0, 0, 0]);
  });
});

/** A signal that counts who listens to it by hand. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  return { signal, listeners: () => listeners, abort: () => controller.abort() };
}

describe("runWatchdog, suspend", () => {
  it("tells how long the machine slept, and gives a heartbeat at once", async () => {
    const { clock, feeder, run } = await fed({}, 60_000);
    await clock.advance(20_000);
    clock.suspend(3_600_000);
    await clock.advance(5000);
    expect(run.event("suspended")).toEqual({ event: "suspended", seconds: 3600 });
    expect(feeder.beatsAt).toEqual([0, 3_625_000]);
    await clock.advance(59_999);
    expect(feeder.beatsAt).toHaveLength(2);
    await clock.advance(1);
    expect(feeder.beatsAt).toEqual([0, 3_625_000, 3_685_000]);
    expect(run.names.filter((name) => name === "suspended")).toHaveLength(1);
    run.interrupt();
    await run.done;
  });
  it("notices many short ones, of which none is worth an event, by their sum", async () => {
    const { clock, feeder, run } = await fed({}, 60_000);
    for (let i = 0; i < 10; i++) {
      clock.suspend(400);
      await clock.advance(5000);
    }
    expect(run.events.filter(({ event }) => event === "suspended")).toEqual([
      { event: "suspended", seconds: 2 },
      { event: "suspended", seconds: 2 },
    ]);
    expect(feeder.beatsAt).toHaveLength(3);
    run.interrupt();
    await run.done;
  });
  it("reaches the firmware as a heartbeat before its time is up", async () => {
    using machine = await watchdogMachine();
    const { clock, source } = machine;
    const run = running({ clock, open: (signal) => openFeeder(source, { via: "auto", signal }) });
    await settled();
    for (let day = 0; day < 3; day++) {
      await clock.advance(59_000);
      clock.suspend(86_400_000);
      await clock.advance(61_000);
    }
    expect(machine.me.eventLog.entries).toEqual([]);
    const { beatTimes } = machine.timer;
    for (const [index, at] of beatTimes.entries()) {
      expect(at - (beatTimes[index - 1] ?? 0)).toBeLessThanOrEqual(60_000);
    }
    run.interrupt();
    await run.done;
  });
});

describe("runWatchdog, the supervisor", () => {
  /** The longest time without a word, from READY=1 on. */
  function longestSilence(notes: readonly { at: number; state: string }[], until: number): number {
    const told = notes.filter(({ state }) => state.includes("WATCHDOG=1")).map(({ at }) => at);
    return Math.max(...[...told.slice(1), until].map((at, index) => at - told[index]!));
  }

  it("is told READY=1 once, WATCHDOG=1 at least every 5 s, and STOPPING=1 at the end", async () => {
    const { clock, run } = await fed({ timeoutSeconds: 300 });
    await clock.advance(3_600_000);
    run.interrupt();
    await run.done;
    const states = run.notes.flatMap(({ state }) => state.split("\n"));
    expect(run.notes[0]!.state).toBe("READY=1\nWATCHDOG=1\nSTATUS=Heartbeats are given");
    expect(states.filter((state) => state === "READY=1")).toHaveLength(1);
    expect(longestSilence(run.notes, 3_600_000)).toBeLessThanOrEqual(5000);
    expect(states.at(-1)).toBe("STOPPING=1");
    expect(states.filter((state) => state === "STOPPING=1")).toHaveLength(1);
  });
  it("is told all the time while a check, a heartbeat and the search for the watchdog take theirs", async () => {
    const clock = new ManualClock();
    const takes = (ms: number) => clock.sleep(ms, undefined, "test");
    const feeder = new FakeFeeder(clock, {
      async beat() {
        await takes(23_000);
        return { acknowledged: true, status: 0, notRequired: false, roundTripMs: 23_000 };
      },
    });
    const run = running({
      clock,
      open: () => takes(17_000).then(() => feeder),
      check: () => takes(29_000).then(() => undefined),
    }, 60_000);
    await settled();
    await clock.advance(600_000);
    expect(feeder.beatsAt.length).toBeGreaterThan(8);
    expect(longestSilence(run.notes, 600_000)).toBeLessThanOrEqual(5000);
    run.interrupt();
    await clock.advance(60_000);
    await run.done;
  });
  it("is told WATCHDOG=1 while heartbeats are withheld and while they run out", async () => {
    const { clock, run } = await ending("ended with 3");
    await clock.advance(130_000);
    await expect(run.done).rejects.toMatchObject({ code: "command.failed" });
    expect(longestSilence(run.notes, 121_000)).toBeLessThanOrEqual(5000);
    expect(run.notes.at(-1)!.state).toBe("STOPPING=1");
  });
});

/** A run whose command ends at once, after the first heartbeat. */
async function ending(reason: string | undefined) {
  const clock = new ManualClock();
  const feeder = new FakeFeeder(clock);
  let end = (_: string | undefined) => {};
  const ended = new Promise<string | undefined>((resolve) => end = resolve);
  const run = running({ clock, open: () => Promise.resolve(feeder), start: () => Promise.resolve({ ended }) });
  await settled();
  end(reason);
  await settled();
  return { clock, feeder, run };
}

describe.each(["kernel", "mei"] as const)("runWatchdog over the simulator by %s", (via) => {
  it("feeds the firmware's watchdog with the timeout that is wanted, and stops it when it is interrupted", async () => {
    using machine = await watchdogMachine({ via });
    const { clock, source } = machine;
    const open = (signal: AbortSignal) => openFeeder(source, { via: "auto", timeoutSeconds: 300, signal });
    const run = running({ clock, open });
    await settled();
    await clock.advance(600_000);
    expect(run.events[0]).toEqual({
      event: "registered",
      via,
      path: via === "kernel" ? "/dev/watchdog1" : null,
      timeoutSeconds: 300,
    });
    expect(machine.timer.beatTimes).toEqual([0, 150_000, 300_000, 450_000, 600_000]);
    expect(machine.timer).toMatchObject({ armed: true, timeoutSeconds: 300 });
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toEqual({ event: "ended", reason: "interrupted", armed: false });
    expect(machine.sent).toEqual([...Array(5).fill(start300), stop]);
    expect([machine.timer.armed, clock.sleepers]).toEqual([false, 0]);
    expect(machine.me.openConnections).toBe(via === "kernel" ? 1 : 0);
    expect(machine.me.eventLog.entries).toEqual([]);
  });
  it("gives no heartbeat while the check says no; the firmware notices, and all goes on when it is well", async () => {
    using machine = await watchdogMachine({ via });
    const { clock, source, me } = machine;
    let reason: string | undefined;
    const open = (signal: AbortSignal) => openFeeder(source, { via: "auto", signal });
    const run = running({ clock, open, check: () => Promise.resolve(reason) });
    await settled();
    reason = "the check ended with 1";
    await clock.advance(60_000);
    expect(run.event("unhealthy")).toEqual({ event: "unhealthy", reason, armed: true, expiresInSeconds: 60 });
    await clock.advance(59_999);
    expect(me.eventLog.entries).toEqual([]);
    await clock.advance(1);
    expect(me.eventLog.entries).toHaveLength(1);
    expect(run.event("expired")).toBeUndefined();
    await clock.advance(1000);
    expect(run.event("expired")).toEqual({ event: "expired" });
    await clock.advance(3_600_000);
    expect(run.names).toEqual(["registered", "heartbeat", "unhealthy", "expired"]);
    expect([machine.sent.length, me.eventLog.entries.length]).toEqual([1, 1]);
    reason = undefined;
    await clock.advance(60_000);
    expect(run.names.slice(4)).toEqual(["healthy", "heartbeat"]);
    expect(machine.timer.armed).toBe(true);
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ armed: false });
    expect(machine.sent).toEqual([start120, start120, stop]);
  });
});
