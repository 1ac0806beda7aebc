import { describe, expect, it } from "vitest";
import { ping, type PingOptions } from "../../../services/watchdog/ping.ts";
import type { FaultKind } from "../../../simulator/mod.ts";
import { start120, start300, stop, type WatchdogMachine, watchdogMachine } from "./machine.ts";

type Wanted = Partial<Omit<PingOptions, "clock">>;

const nowayout = /nothing stops it; without further heartbeats it runs out$/;

function pinging({ source, clock }: WatchdogMachine, options: Wanted = {}) {
  return ping(source, { via: "auto", count: 1, intervalMs: 1000, keepArmed: false, clock, ...options });
}

/** What is left of a machine when nobody feeds its watchdog any more. */
function left({ clock, me, timer, tree }: WatchdogMachine) {
  const state = tree.readText("/sys/class/watchdog/watchdog1/state")?.trim() ?? "none";
  return { armed: timer.armed, sleepers: clock.sleepers, state, connections: me.openConnections };
}

/** mei_wdt keeps its own connection. */
const clean = {
  kernel: { armed: false, sleepers: 0, state: "inactive", connections: 1 },
  mei: { armed: false, sleepers: 0, state: "none", connections: 0 },
};

describe.each(["kernel", "mei"] as const)("ping over %s", (via) => {
  const path = via === "kernel" ? "/dev/watchdog1" : null;

  it("sends the start with its timeout and the stop, and leaves the watchdog disarmed", async () => {
    using machine = await watchdogMachine({ via });
    expect(await pinging(machine, { timeoutSeconds: 300 })).toEqual({
      via,
      path,
      timeoutSeconds: 300,
      heartbeats: [{
        acknowledged: true,
        status: via === "mei" ? 0 : null,
        notRequired: false,
        roundTripMs: expect.any(Number),
      }],
      armed: false,
      warnings: [],
    });
    expect(machine.sent).toEqual([start300, stop]);
    expect(left(machine)).toEqual(clean[via]);
  });

  it("gives as many heartbeats as are wanted, each after the interval, and tells of each", async () => {
    using machine = await watchdogMachine({ via });
    const told: number[] = [];
    const result = pinging(machine, { count: 3, intervalMs: 7000, progress: (_, number) => told.push(number) });
    for (const number of [1, 2]) {
      await expect.poll(() => told.length).toBe(number);
      await machine.clock.advance(6999);
      expect(machine.sent).toHaveLength(number);
      await machine.clock.advance(1);
    }
    expect((await result).heartbeats).toHaveLength(3);
    expect(told).toEqual([1, 2, 3]);
    expect(machine.sent).toEqual([start120, start120, start120, stop]);
    expect(machine.timer.beatTimes).toEqual([0, 7000, 14_000]);
  });

  it("ends with the first heartbeat that is not wanted, with nothing armed", async () => {
    using machine = await watchdogMachine({ via });
    machine.timer.setRequired(false);
    const result = await pinging(machine, { count: 5 });
    expect(result).toMatchObject({ armed: false, warnings: [expect.stringContaining("NOT_REQUIRED")] });
    expect(result.heartbeats).toMatchObject([{ notRequired: true }]);
    expect(machine.timer.armed).toBe(false);
  });

  it("stops the watchdog when it is interrupted between two heartbeats", async () => {
    using machine = await watchdogMachine({ via });
    const abort = new AbortController();
    const result = pinging(machine, { count: 2, signal: abort.signal });
    await expect.poll(() => machine.clock.sleepers).toBe(2);
    expect(machine.timer.armed).toBe(true);
    abort.abort();
    await expect(result).rejects.toMatchObject({ code: "cancelled" });
    expect(machine.sent).toEqual([start120, stop]);
    expect(left(machine)).toEqual(clean[via]);
  });

  it("sends nothing when it is interrupted before the first heartbeat", async () => {
    using machine = await watchdogMachine({ via });
    await expect(pinging(machine, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    expect(machine.sent).toEqual([]);
  });

  it("rejects as the way to the watchdog does", async () => {
    for (const [profile, code] of [["disabled", "amt.disabled"], ["no-amt", "amt.absent"]] as const) {
      using machine = await watchdogMachine({ profile });
      await expect(pinging(machine, { via })).rejects.toMatchObject({ code });
    }
  });
});

describe("ping over MEI", () => {
  it("stops the watchdog when it is interrupted in its first heartbeat, which may have arrived", async () => {
    using machine = await watchdogMachine({ via: "mei", faults: [{ kind: "silent", nth: 1 }] });
    const abort = new AbortController();
    const result = pinging(machine, { signal: abort.signal });
    await expect.poll(() => machine.timer.armed).toBe(true);
    abort.abort();
    await expect(result).rejects.toMatchObject({ code: "indeterminate" });
    expect(machine.sent).toEqual([start120, stop]);
    expect(left(machine)).toEqual(clean.mei);
  });
  it("says unknown when it leaves the watchdog armed, which no source tells more of", async () => {
    using machine = await watchdogMachine({ via: "mei" });
    expect(await pinging(machine, { keepArmed: true })).toMatchObject({ armed: "unknown", warnings: [] });
    expect(machine.sent).toEqual([start120]);
    expect(machine.me.openConnections).toBe(0);
  });
  it("rejects with mei.busy while another one has the client", async () => {
    using machine = await watchdogMachine({ via: "mei", faults: [{ kind: "busy", nth: 1, onwards: true }] });
    await expect(pinging(machine)).rejects.toMatchObject({ code: "mei.busy" });
  });
  it("confirms nothing over a client of version 1, and stops the watchdog all the same", async () => {
    using machine = await watchdogMachine({ via: "mei", profile: "legacy" });
    const result = await pinging(machine);
    expect(result).toMatchObject({ armed: false, heartbeats: [{ acknowledged: false, status: null }] });
    expect(machine.sent).toEqual([start120, stop]);
  });
});

describe("ping over the kernel", () => {
  it("refuses to leave armed what the kernel stops, names the ways out, and sends nothing", async () => {
    using machine = await watchdogMachine();
    await expect(pinging(machine, { keepArmed: true })).rejects.toMatchObject({
      code: "amt.state",
      message: expect.stringContaining("mei_wdt stops it when its node is closed"),
      hint: expect.stringMatching(/amtctl watchdog run.*echo 1 > \/sys\/class\/watchdog\/watchdog1\/nowayout/),
    });
    expect(machine.sent).toEqual([]);
    expect(left(machine)).toMatchObject({ state: "inactive" });
  });
  it.each([[true, []], [false, [expect.stringMatching(nowayout)]]])(
    "says armed with nowayout, with a warning where it was to be stopped (--keep-armed %s)",
    async (keepArmed, warnings) => {
      using machine = await watchdogMachine({ nowayout: true });
      expect(await pinging(machine, { keepArmed })).toMatchObject({ armed: true, warnings });
      // As mei_wdt does, the close gives one more.
      expect(machine.sent).toEqual([start120, start120]);
      expect(left(machine)).toMatchObject({ armed: true, state: "active" });
    },
  );
  it("says that the watchdog runs when it is interrupted and nowayout is set", async () => {
    using machine = await watchdogMachine({ nowayout: true });
    const abort = new AbortController();
    const result = pinging(machine, { count: 2, signal: abort.signal });
    await expect.poll(() => machine.clock.sleepers).toBe(2);
    abort.abort();
    await expect(result).rejects.toMatchObject({
      code: "cancelled",
      message: expect.stringContaining("nowayout"),
      details: { armed: true },
    });
  });
  it("says so too when it is interrupted before the first heartbeat, which the close gives", async () => {
    using machine = await watchdogMachine({ nowayout: true });
    const abort = new AbortController();
    const { source } = machine;
    const openWatchdogs = async () => {
      const { watchdogs } = machine.simulator;
      const open: typeof watchdogs.open = async (...args) => {
        const handle = await watchdogs.open(...args);
        abort.abort();
        return handle;
      };
      return await Promise.resolve({ open });
    };
    const result = pinging({ ...machine, source: { ...source, openWatchdogs } }, { signal: abort.signal });
    await expect(result).rejects.toMatchObject({ code: "cancelled", details: { armed: true } });
    expect(machine.sent).toEqual([start120]);
  });
  it("is indeterminate when the firmware says nothing, in spite of a driver that waits for ever", async () => {
    using machine = await watchdogMachine({ faults: [{ kind: "silent", nth: 1 }] });
    await expect(pinging(machine)).rejects.toMatchObject({ code: "indeterminate", details: { armed: "unknown" } });
  });
});

const kinds = ["silent", "garbage", "empty", "short", "long", "reset", "disconnect"] as const satisfies FaultKind[];

describe("ping, faults", () => {
  const cases = kinds.flatMap((kind) => [1, 2, 3].map((nth) => [kind, nth] as const));

  it.concurrent.each(cases)("over MEI never says what is not known, with %s at message %i of 3", async (kind, nth) => {
    using machine = await watchdogMachine({ via: "mei", faults: [{ kind, nth }] });
    const result = pinging(machine, { count: 2, intervalMs: 1 });
    const end = await ended(result, machine);
    // The third is the stop, to which there is no answer to be spoilt.
    const spoilt = nth < 3 || kind === "reset" || kind === "disconnect";
    expect(end).toMatchObject(spoilt ? { details: { armed: "unknown" } } : { armed: false });
    expect([machine.me.openConnections, machine.clock.sleepers]).toEqual([0, machine.timer.armed ? 1 : 0]);
    // A watchdog that an error found running is stopped all the same.
    if (nth < 3) expect(machine.timer.armed).toBe(false);
  });

  // mei_wdt waits on when the acknowledgement is not told as one, and looks at nothing but its state then.
  const hanging = ["silent", "garbage", "empty", "short", "disconnect"];

  it.concurrent.each(cases.filter(([kind, nth]) => nth !== 2 || !hanging.includes(kind)))(
    "over the kernel never says what is not known, with %s at message %i of 3",
    async (kind, nth) => {
      using machine = await watchdogMachine({ faults: [{ kind, nth }] });
      const end = await ended(pinging(machine, { count: 2, intervalMs: 1 }), machine);
      const isTold = kind === "reset" || (nth < 3 && hanging.includes(kind));
      expect(end).toMatchObject(isTold ? { code: "indeterminate", details: { armed: "unknown" } } : { armed: false });
      // That the firmware disconnects with a stop, nothing tells.
      if (!isTold && kind !== "disconnect") expect(machine.timer.armed).toBe(false);
    },
  );
});

/** The result, or the error, of a ping whose pauses pass at once. */
async function ended(result: ReturnType<typeof ping>, { clock }: WatchdogMachine): Promise<unknown> {
  let isOver = false;
  const end = result.catch((error: unknown) => error).finally(() => isOver = true);
  while (!isOver) {
    await clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return await end;
}
