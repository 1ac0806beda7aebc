import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { createSimulator, SimulatedMei, type SimulatorOptions } from "../../simulator/mod.ts";
import type { MeiConnection } from "../../transport/mei.ts";
import { ManualClock } from "../fakes/clock.ts";
import { HbmHost } from "./hbm_host.ts";

/** As mei_wdt sent them, and wdctl and busybox made it; and the 20 bytes of kernels before 4.5. */
const start120 = "0215131078000000000000000000000000000000000000";
const start200 = "02151310c8000000000000000000000000000000000000";
const oldStart120 = "0212131078000000000000000000000000000000";
const stop = "02021410";
const confirmed = "020483100000";
const notRequired = "020483100001";

function machine(profile = "activated", options: SimulatorOptions = {}) {
  const clock = new ManualClock();
  const { me } = createSimulator(profile, { clock, ...options });
  const tell = async (connection: MeiConnection, message: string) => {
    await connection.send(fromHex(message));
    await clock.advance(0);
  };
  const ask = async (connection: MeiConnection, message: string) => {
    await connection.send(fromHex(message));
    return toHex(await connection.receive({ signal: AbortSignal.timeout(5000) }));
  };
  return { clock, me, timer: me.watchdog!, connect: () => new SimulatedMei(me).connect(WATCHDOG), tell, ask };
}

describe("the simulated watchdog", () => {
  it.each([["23 bytes", start120], ["20 bytes", oldStart120]])("is armed by a start of %s", async (_, start) => {
    const { timer, connect, ask } = machine();
    await using connection = await connect();
    expect(timer.armed).toBe(false);
    expect(await ask(connection, start)).toBe(confirmed);
    expect(timer).toMatchObject({ armed: true, timeoutSeconds: 120, beats: 1, stops: 0, required: true });
  });
  it("writes to the event log once when no heartbeat came for its timeout", async () => {
    const { clock, me, timer, connect, ask } = machine();
    await using connection = await connect();
    await ask(connection, start120);
    await clock.advance(119_999);
    expect(me.eventLog.entries).toEqual([]);
    await clock.advance(1);
    expect(me.eventLog.entries).toMatchObject([{ sensorType: 18, eventType: 0x6f, entity: 38 }]);
    // Marker, front of the client's GUID as it is stored, 8 for "expired".
    expect(toHex(me.eventLog.entries[0]!.data)).toBe("aa6f9ab705284608");
    expect(timer.armed).toBe(false);
    await clock.advance(1_000_000);
    expect(me.eventLog.entries).toHaveLength(1);
  });
  it("counts anew from each heartbeat, with that one's timeout", async () => {
    const { clock, me, timer, connect, ask } = machine();
    await using connection = await connect();
    await ask(connection, start120);
    await clock.advance(100_000);
    await ask(connection, start200);
    await clock.advance(199_999);
    expect(me.eventLog.entries).toEqual([]);
    expect(timer.beatTimes).toEqual([0, 100_000]);
    await clock.advance(1);
    expect(me.eventLog.entries).toHaveLength(1);
  });
  it("runs again from the next heartbeat on after it ran out", async () => {
    const { clock, me, timer, connect, ask } = machine();
    await using connection = await connect();
    await ask(connection, start120);
    await clock.advance(120_000);
    await ask(connection, start120);
    expect(timer.armed).toBe(true);
    await clock.advance(120_000);
    expect(me.eventLog.entries).toHaveLength(2);
  });
  it("writes nothing after a stop", async () => {
    const { clock, me, timer, connect, ask, tell } = machine();
    await using connection = await connect();
    await ask(connection, start120);
    await tell(connection, stop);
    expect(timer).toMatchObject({ armed: false, stops: 1 });
    await clock.advance(200_000);
    expect(me.eventLog.entries).toEqual([]);
  });
  it("is armed without an answer when its protocol version is 1", async () => {
    const { clock, me, timer, connect, tell } = machine("legacy");
    await using connection = await connect();
    await tell(connection, start120);
    await tell(connection, start120);
    expect(timer).toMatchObject({ armed: true, beats: 2 });
    await clock.advance(120_000);
    expect(me.eventLog.entries).toHaveLength(1);
  });
  it("takes a start without its timeout for nothing", async () => {
    const { timer, connect, tell } = machine();
    await using connection = await connect();
    await tell(connection, "0203131078");
    expect(timer.beats).toBe(0);
  });

  it.each([["runs", undefined, 1], ["runs", "runs", 1], ["stops", "stops", 0]] as const)(
    "%s when the connection is closed without a stop and watchdogOnClose is %s",
    async (_, watchdogOnClose, entries) => {
      const { clock, me, timer, connect, ask } = machine("activated", watchdogOnClose ? { watchdogOnClose } : {});
      const connection = await connect();
      await ask(connection, start120);
      await connection[Symbol.asyncDispose]();
      expect(timer.armed).toBe(entries === 1);
      await clock.advance(120_000);
      expect(me.eventLog.entries).toHaveLength(entries);
    },
  );
  it("is off after a reset of the firmware", async () => {
    const { clock, me, timer, connect, ask } = machine();
    await using connection = await connect();
    await ask(connection, start120);
    me.reset();
    expect(timer.armed).toBe(false);
    await clock.advance(120_000);
    expect(me.eventLog.entries).toEqual([]);
  });

  it("is not armed, and says so in each acknowledgement, while it is not required", async () => {
    const { timer, connect, ask } = machine();
    await using connection = await connect();
    await ask(connection, start120);
    timer.setRequired(false);
    expect(timer.armed).toBe(false);
    expect(await ask(connection, start120)).toBe(notRequired);
    expect(timer).toMatchObject({ armed: false, beats: 2, required: false });
    timer.setRequired(true);
    expect(await ask(connection, start120)).toBe(confirmed);
    expect(timer.armed).toBe(true);
  });
  it("notifies a host that asked for it when it is required again", () => {
    const { me, timer } = machine();
    const bus = new HbmHost(me);
    bus.send("0000048001000202", "0000048006230100", "0000048010230101");
    timer.setRequired(false);
    expect(bus.take()).toEqual([]);
    timer.setRequired(true);
    expect(bus.take()).toEqual(["0000048011230100"]);
    timer.setRequired(true);
    expect(bus.take()).toEqual([]);
  });
  it("notifies nobody who did not ask", () => {
    const { me, timer } = machine();
    const bus = new HbmHost(me);
    bus.send("0000048001000202", "0000048006230100");
    timer.setRequired(false);
    timer.setRequired(true);
    expect(bus.take()).toEqual([]);
  });

  it.each(["disabled", "no-amt"])("is not there in %s", (profile) => {
    expect(createSimulator(profile).me.watchdog).toBeUndefined();
  });
  it("sleeps no more by its clock when the machine is disposed of", async () => {
    const clock = new ManualClock();
    const simulator = createSimulator("activated", { clock });
    await using connection = await new SimulatedMei(simulator.me).connect(WATCHDOG);
    await connection.send(fromHex(start120));
    await connection.receive({ signal: AbortSignal.timeout(5000) });
    expect(clock.sleepers).toBe(1);
    simulator[Symbol.dispose]();
    expect(clock.sleepers).toBe(0);
  });
  it("runs out in scaled time, and its entry has the time of the scaled clock", async () => {
    const { me } = createSimulator("activated", { timeScale: 12_000 });
    await using connection = await new SimulatedMei(me).connect(WATCHDOG);
    const began = Date.now();
    const entry = new Promise<number>((resolve) => me.eventLog.onEntry(({ timeSeconds }) => resolve(timeSeconds)));
    await connection.send(fromHex(start120));
    // A timer that is a fraction of a millisecond early is seconds early on this clock.
    expect(await entry).toBeGreaterThanOrEqual(Math.floor(began / 1000) + 110);
    expect(Date.now() - began).toBeLessThan(60_000);
  });
});
