import { describe, expect, it } from "vitest";
import { AmtError, type ErrorCode } from "../../../core/errors/mod.ts";
import { openFeeder, type Way } from "../../../services/watchdog/open_feeder.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { confirmed, FakeFeeder } from "./fake_feeder.ts";
import { start120, stop, type WatchdogMachine, watchdogMachine } from "./machine.ts";
import { running, settled } from "./running.ts";

/** A run by the way that is found first, as the command has it. */
async function feeding({ clock, source }: WatchdogMachine, intervalMs?: number) {
  let via: Way = "auto";
  const opened: number[] = [];
  const run = running({
    clock,
    async open(signal) {
      opened.push(clock.monotonic());
      const feeder = await openFeeder(source, { via, signal });
      via = feeder.via;
      return feeder;
    },
  }, intervalMs);
  await settled();
  return { run, opened };
}

describe.each(["kernel", "mei"] as const)("runWatchdog over %s", (via) => {
  it("tells of a reset of the ME, registers again and goes on", async () => {
    using machine = await watchdogMachine({ via });
    const { clock, me, timer } = machine;
    const { run } = await feeding(machine);
    await clock.advance(70_000);
    me.reset();
    expect(timer.armed).toBe(false);
    await clock.advance(50_000);
    expect(run.names).toEqual(["registered", "heartbeat", "heartbeat", "lost"]);
    expect(run.event("lost")).toMatchObject({ code: "mei.reset" });
    await clock.advance(1000);
    expect(run.names.slice(4)).toEqual(["registered", "heartbeat"]);
    expect(timer.armed).toBe(true);
    await clock.advance(3_600_000);
    expect(run.names.slice(6)).toEqual(Array(60).fill("heartbeat"));
    expect(me.eventLog.entries).toEqual([]);
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ event: "ended", armed: false });
    expect([timer.armed, clock.sleepers]).toEqual([false, 0]);
  });

  it("lives through a firmware that wants no heartbeats for a while, told both ways", async () => {
    using machine = await watchdogMachine({ via });
    const { clock, timer, me } = machine;
    const { run } = await feeding(machine);
    timer.setRequired(false);
    await clock.advance(60_000);
    expect(run.events.slice(2)).toEqual([
      {
        event: "heartbeat",
        ...confirmed,
        // The kernel's driver keeps it to itself.
        status: via === "mei" ? 0 : null,
        notRequired: true,
        roundTripMs: expect.any(Number),
      },
      { event: "notRequired" },
    ]);
    await clock.advance(3_600_000);
    expect(run.names).not.toContain("lost");
    expect(run.names).not.toContain("expired");
    timer.setRequired(true);
    await clock.advance(60_000);
    const after = run.names.slice(run.names.lastIndexOf("notRequired") + 1);
    expect(after.slice(0, via === "kernel" ? 2 : 1)).toEqual(
      via === "kernel" ? ["registered", "heartbeat"] : ["heartbeat"],
    );
    expect([timer.armed, me.eventLog.entries]).toEqual([true, []]);
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ armed: false });
    expect(machine.sent.at(-1)).toBe(stop);
  });

  it("says at the end that nothing is armed when the firmware wants no heartbeats, and sends no stop", async () => {
    using machine = await watchdogMachine({ via });
    machine.timer.setRequired(false);
    const { run } = await feeding(machine);
    expect(run.names).toEqual(["registered", "heartbeat", "notRequired"]);
    expect(run.notes[0]!.state).toBe("READY=1\nWATCHDOG=1\nSTATUS=The firmware wants no heartbeats");
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toEqual({ event: "ended", reason: "interrupted", armed: false });
    expect(machine.sent).toEqual([start120]);
  });

  it("tells of an answer that is lost, and feeds on", async () => {
    using machine = await watchdogMachine({ via, faults: [{ kind: "reset", nth: 2 }] });
    const { clock } = machine;
    const { run } = await feeding(machine);
    await clock.advance(61_000);
    expect(run.names).toEqual(["registered", "heartbeat", "lost", "registered", "heartbeat"]);
    expect(run.event("lost")).toMatchObject({ code: "indeterminate" });
    expect(machine.timer.armed).toBe(true);
    run.interrupt();
    await run.done;
  });
});

describe("runWatchdog over the kernel", () => {
  it("looks for the watchdog with pauses that grow to 10 s, and tells of it once", async () => {
    using machine = await watchdogMachine();
    const { clock, simulator } = machine;
    const { run, opened } = await feeding(machine);
    const device = machine.tree.list("/sys/bus/mei/drivers/mei_wdt").find((name) => name.startsWith("0000:"))!;
    await simulator.sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", device);
    await clock.advance(60_000 + 60_000);
    const [first, ...tries] = opened.slice(1);
    expect(first).toBe(61_000);
    expect(tries.map((at) => at - first!)).toEqual([2000, 6000, 14_000, 24_000, 34_000, 44_000, 54_000]);
    expect(run.names).toEqual(["registered", "heartbeat", "lost", "lost"]);
    expect(run.events.slice(2)).toMatchObject([{ code: "mei.reset" }, { code: "mei.absent" }]);
    expect(run.notes.filter(({ state }) => state.startsWith("STATUS=Looking for the watchdog: "))).not.toEqual([]);
    // The way that was found first stays, so the driver finds its client free.
    expect(machine.me.openConnections).toBe(0);
    await simulator.sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/bind", device);
    await clock.advance(10_000);
    expect(run.names.slice(4)).toEqual(["registered", "heartbeat"]);
    expect(run.event("registered")).toMatchObject({ via: "kernel" });
    run.interrupt();
    await run.done;
    expect(run.events.at(-1)).toMatchObject({ armed: false });
  });
});

describe("runWatchdog over MEI", () => {
  it("tells once of a client that stays busy, and registers when it is free", async () => {
    const clock = new ManualClock();
    let isBusy = false;
    const open = () =>
      Promise.resolve(
        new FakeFeeder(clock, { beat: () => isBusy ? Promise.reject(new AmtError("mei.busy", "taken")) : fine() }),
      );
    const run = running({ clock, open }, 20_000);
    await settled();
    isBusy = true;
    await clock.advance(120_000);
    expect(run.names).toEqual(["registered", "heartbeat", "lost"]);
    isBusy = false;
    await clock.advance(10_000);
    expect(run.names.slice(3)).toEqual(["registered", "heartbeat"]);
    run.interrupt();
    await run.done;
  });
});

const fine = () => Promise.resolve(confirmed);

const codes: readonly ErrorCode[] = [
  "mei.absent",
  "mei.permission",
  "mei.busy",
  "mei.reset",
  "mei.notReady",
  "mei.clientNotOffered",
  "amt.disabled",
  "amt.absent",
  "indeterminate",
  "firmware.refused",
  "firmware.protocol",
  "timeout",
  "unexpected",
];

describe("runWatchdog, what stands in the way", () => {
  it.each(codes)("%s of the search rejects at first, and is waited out later", async (code) => {
    const clock = new ManualClock();
    let fails = true;
    const feeder = new FakeFeeder(clock, {
      beat: (number) => number === 2 ? Promise.reject(new AmtError("mei.reset", "gone")) : fine(),
    });
    const open = () => fails ? Promise.reject(new AmtError(code, "in the way")) : Promise.resolve(feeder);
    const first = running({ clock, open });
    await expect(first.done).rejects.toMatchObject({ code });
    expect(first.names).toEqual([]);
    fails = false;
    const later = running({ clock, open });
    await settled();
    fails = true;
    await clock.advance(90_000);
    fails = false;
    await clock.advance(10_000);
    const lost = code === "mei.reset" ? ["lost"] : ["lost", "lost"];
    expect(later.names).toEqual(["registered", "heartbeat", ...lost, "registered", "heartbeat"]);
    expect(later.events.filter(({ event }) => event === "lost").at(-1)).toMatchObject({ code });
    later.interrupt();
    await later.done;
  });

  it.each(codes)("%s of a heartbeat rejects at first, and is waited out later", async (code) => {
    const clock = new ManualClock();
    let fails = true;
    const open = () =>
      Promise.resolve(
        new FakeFeeder(clock, { beat: () => fails ? Promise.reject(new AmtError(code, "in the way")) : fine() }),
      );
    await expect(running({ clock, open }).done).rejects.toMatchObject({ code });
    fails = false;
    const later = running({ clock, open });
    await settled();
    fails = true;
    await clock.advance(90_000);
    fails = false;
    await clock.advance(10_000);
    expect(later.names).toEqual(["registered", "heartbeat", "lost", "registered", "heartbeat"]);
    later.interrupt();
    await later.done;
  });

  it.each([["indeterminate", 1], ["firmware.protocol", 1], ["firmware.refused", 1], ["mei.busy", 0]] as const)(
    "the watchdog is stopped after a first heartbeat that ends in %s, if it may have arrived (stops: %i)",
    async (code, stops) => {
      const clock = new ManualClock();
      const feeder = new FakeFeeder(clock, { beat: () => Promise.reject(new AmtError(code, "in the way")) });
      await expect(running({ clock, open: () => Promise.resolve(feeder) }).done).rejects.toMatchObject({ code });
      expect([feeder.stops, feeder.closes]).toEqual([stops, 1]);
    },
  );

  it("a defect is told as such, and the watchdog stopped", async () => {
    const clock = new ManualClock();
    const beat = (number: number) => number === 2 ? Promise.reject(new TypeError("a defect")) : fine();
    const feeder = new FakeFeeder(clock, { beat });
    const run = running({ clock, open: () => Promise.resolve(feeder) });
    await settled();
    await clock.advance(60_000);
    await expect(run.done).rejects.toThrow("a defect");
    expect([feeder.stops, feeder.closes, clock.sleepers]).toEqual([1, 1, 0]);
  });

  it("ends when a heartbeat of ours is stuck in the kernel and the ME does not restart within 30 s", async () => {
    const clock = new ManualClock();
    const stuck = new AmtError("indeterminate", "no answer", { details: { pending: true } });
    const beat = (number: number) => number === 2 ? Promise.reject(stuck) : fine();
    let opens = 0;
    const open = () =>
      ++opens === 1
        ? Promise.resolve(new FakeFeeder(clock, { beat }))
        : Promise.reject(new AmtError("mei.busy", "it is this program"));
    const run = running({ clock, open });
    await settled();
    await clock.advance(60_000 + 25_000);
    expect(run.names).toEqual(["registered", "heartbeat", "lost", "lost"]);
    await clock.advance(15_000);
    await expect(run.done).rejects.toMatchObject({ code: "mei.busy" });
    expect(clock.sleepers).toBe(0);
  });
});
