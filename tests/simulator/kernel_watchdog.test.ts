import { describe, expect, it } from "vitest";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import type { Fault } from "../../simulator/faults.ts";
import { SimulatedWatchdogs } from "../../simulator/kernel_watchdog.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { ManualClock } from "../fakes/clock.ts";

const AMT = "/dev/watchdog1";
const SOFT = "/dev/watchdog0";
const SHOWN = "/sys/class/watchdog/watchdog1";
const DEVICE = `0000:00:16.0-${WATCHDOG}`;
const REAL = `/sys/devices/pci0000:00/0000:00:16.0/${DEVICE}/watchdog/watchdog1`;

interface Setup {
  readonly profile?: string;
  readonly faults?: readonly Fault[];
  readonly uid?: number;
  readonly nowayout?: boolean;
}

/** The kernel of a machine, with AMT's watchdog beside softdog. */
function machine({ profile = "activated", faults = [], uid = 0, nowayout = false }: Setup = {}) {
  const clock = new ManualClock();
  const { me } = createSimulator(profile, { clock, faults });
  const tree = me.profile.host(uid);
  if (nowayout) tree.rewrite(`${REAL}/nowayout`, "1\n");
  const kernel = new SimulatedWatchdogs(me, tree);
  const state = (shown = SHOWN) => tree.readText(`${shown}/state`)?.trim();
  return { clock, me, timer: me.watchdog!, tree, kernel, state };
}

describe("SimulatedWatchdogs.open", () => {
  it("makes AMT's watchdog active and sends nothing", async () => {
    const { timer, kernel, state } = machine();
    await using watchdog = await kernel.open(AMT);
    expect(state()).toBe("active");
    expect(timer).toMatchObject({ armed: false, beats: 0, stops: 0 });
    expect(watchdog.support()).toEqual({ identity: "iamt_wdt", firmwareVersion: 2, options: 0x8480 });
    expect([watchdog.timeout(), watchdog.bootStatus(), await watchdog.timeLeft()]).toEqual([120, 0, undefined]);
  });
  it("opens other watchdogs without a word to the firmware", async () => {
    const { timer, kernel, state } = machine();
    await using watchdog = await kernel.open("/dev/watchdog");
    expect(watchdog.support().identity).toBe("Software Watchdog");
    await watchdog.keepAlive();
    expect(state("/sys/class/watchdog/watchdog0")).toBe("active");
    expect(state()).toBe("inactive");
    expect(timer.beats).toBe(0);
  });
  it.each([[AMT, "a second time"], [SOFT, "by /dev/watchdog too"]])("rejects %s with mei.busy %s", async (path) => {
    const { kernel } = machine();
    const first = await kernel.open(path === SOFT ? "/dev/watchdog" : path);
    await expect(kernel.open(path)).rejects.toMatchObject({ code: "mei.busy" });
    await first[Symbol.asyncDispose]();
    await using _again = await kernel.open(path);
  });
  it("rejects with mei.busy when a process of the machine has the node open", async () => {
    const { kernel, tree } = machine();
    tree.process(700, "watchdogd", { files: [AMT] });
    await expect(kernel.open(AMT)).rejects.toMatchObject({
      code: "mei.busy",
      message: expect.stringContaining("it is watchdogd (process 700)"),
    });
  });
  it("rejects with mei.permission when the user may not write to the node", async () => {
    await expect(machine({ uid: 1000 }).kernel.open(AMT)).rejects.toMatchObject({ code: "mei.permission" });
  });
  it("rejects with mei.absent where there is no such node, or no driver behind it", async () => {
    const { kernel, tree } = machine();
    await expect(kernel.open("/dev/watchdog7")).rejects.toMatchObject({ code: "mei.absent" });
    tree.device("/dev/watchdog7");
    await expect(kernel.open("/dev/watchdog7")).rejects.toMatchObject({ code: "mei.absent" });
  });
  it("rejects as the signal says when it is aborted", async () => {
    await expect(machine().kernel.open(AMT, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});

describe("a heartbeat over AMT's watchdog", () => {
  it("is the start that firmware acknowledges, and shows in the status once", async () => {
    const { timer, kernel } = machine();
    await using watchdog = await kernel.open(AMT);
    // 0x200: this kernel can give an early warning, of which this program makes no use.
    expect(await watchdog.status()).toBe(0x200);
    await watchdog.keepAlive();
    await watchdog.keepAlive();
    expect(timer).toMatchObject({ armed: true, beats: 2, timeoutSeconds: 120 });
    expect([await watchdog.status(), await watchdog.status()]).toEqual([0x8200, 0x200]);
  });
  it("is not waited for when the client's protocol version is 1", async () => {
    const { timer, kernel } = machine({ profile: "legacy" });
    await using watchdog = await kernel.open(AMT);
    await watchdog.keepAlive();
    expect(timer).toMatchObject({ armed: true, beats: 1 });
  });
  it("writes the firmware's event when no other follows", async () => {
    const { clock, me, kernel } = machine();
    await using watchdog = await kernel.open(AMT);
    await watchdog.keepAlive();
    await clock.advance(120_000);
    expect(me.eventLog.entries).toHaveLength(1);
  });
  it("is sent by a new timeout too, which sysfs then shows", async () => {
    const { timer, kernel, tree } = machine();
    await using watchdog = await kernel.open(AMT);
    expect(await watchdog.setTimeout(300)).toBe(300);
    expect(watchdog.timeout()).toBe(300);
    expect(timer).toMatchObject({ beats: 1, timeoutSeconds: 300 });
    expect(tree.readText(`${SHOWN}/timeout`)).toBe("300\n");
  });
  it.each([119, 65_536])("rejects a timeout of %i s with usage", async (seconds) => {
    const { timer, kernel } = machine();
    await using watchdog = await kernel.open(AMT);
    await expect(watchdog.setTimeout(seconds)).rejects.toMatchObject({ code: "usage" });
    expect([watchdog.timeout(), timer.beats]).toEqual([120, 0]);
  });
  it("waits for a silent firmware until the signal, and lets nobody past", async () => {
    const { me, timer, kernel } = machine({ faults: [{ kind: "silent", nth: 1, client: WATCHDOG }] });
    const watchdog = await kernel.open(AMT);
    const abort = new AbortController();
    const beat = watchdog.keepAlive({ signal: abort.signal });
    const status = watchdog.status();
    await expect.poll(() => timer.beats).toBe(1);
    abort.abort();
    await expect(beat).rejects.toMatchObject({ code: "cancelled" });
    const closed = watchdog[Symbol.asyncDispose]();
    await expect(status).rejects.toMatchObject({ code: "mei.closed" });
    me.reset();
    await closed;
  });
});

describe("a stop of AMT's watchdog", () => {
  it("is sent when the node is closed after a heartbeat", async () => {
    const { timer, kernel, state } = machine();
    const watchdog = await kernel.open(AMT);
    await watchdog.keepAlive();
    await watchdog[Symbol.asyncDispose]();
    expect(timer).toMatchObject({ armed: false, beats: 1, stops: 1 });
    expect(state()).toBe("inactive");
    await expect(watchdog.keepAlive()).rejects.toMatchObject({ code: "mei.closed" });
  });
  it("is not sent when there was no heartbeat", async () => {
    const { timer, kernel } = machine();
    await (await kernel.open(AMT))[Symbol.asyncDispose]();
    expect(timer.stops).toBe(0);
  });
  it("is sent when it is disabled, and then it takes no heartbeat", async () => {
    const { timer, kernel, state } = machine();
    await using watchdog = await kernel.open(AMT);
    await watchdog.keepAlive();
    await watchdog.disable();
    expect(timer).toMatchObject({ armed: false, stops: 1 });
    expect(state()).toBe("inactive");
    await expect(watchdog.keepAlive()).rejects.toMatchObject({ code: "usage" });
  });
  // As mei_wdt on Linux 6.1 and 6.12 in the kernel rig: a close sends one more heartbeat.
  it("is not sent with nowayout: the close beats once more, and it runs on", async () => {
    const { clock, me, timer, kernel, state } = machine({ nowayout: true });
    const watchdog = await kernel.open(AMT);
    await watchdog.keepAlive();
    await expect(watchdog.disable()).rejects.toMatchObject({ code: "amt.state" });
    await watchdog[Symbol.asyncDispose]();
    expect(timer).toMatchObject({ armed: true, beats: 2, stops: 0 });
    expect(state()).toBe("active");
    await (await kernel.open(AMT))[Symbol.asyncDispose]();
    expect(timer.beats).toBe(3);
    await clock.advance(120_000);
    expect(me.eventLog.entries).toHaveLength(1);
  });
});

describe("AMT's watchdog", () => {
  it("belongs to the driver of the simulated machine: unbinding that takes it away", async () => {
    const { host, sysfs, watchdogs } = createSimulator();
    await using watchdog = await watchdogs.open(AMT);
    await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", DEVICE);
    await expect(watchdog.keepAlive()).rejects.toMatchObject({ code: "mei.reset" });
    expect(host.stat(AMT)).toBeUndefined();
    await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/bind", DEVICE);
    await using _again = await watchdogs.open(AMT);
  });
  it.each(["disabled", "no-amt"])("is not there in %s, where softdog is", async (profile) => {
    const { watchdogs } = createSimulator(profile);
    await expect(watchdogs.open(AMT)).rejects.toMatchObject({ code: "mei.absent" });
    await using softdog = await watchdogs.open(SOFT);
    expect(softdog.support().identity).toBe("Software Watchdog");
  });
  // The order of events is that of mei_wdt on Linux 6.1 and 6.12 in the kernel rig.
  it("goes after a heartbeat that the firmware does not require, and comes back when it notifies", async () => {
    const { timer, kernel, tree, state } = machine();
    const before = await kernel.open(AMT);
    await before.setTimeout(300);
    timer.setRequired(false);
    await before.keepAlive();
    await expect(before.keepAlive()).rejects.toMatchObject({ code: "mei.reset" });
    expect([tree.stat(SHOWN), tree.stat(REAL), tree.stat(AMT)]).toEqual([undefined, undefined, undefined]);
    await expect(kernel.open(AMT)).rejects.toMatchObject({ code: "mei.absent" });
    await before[Symbol.asyncDispose]();
    expect(timer.stops).toBe(0);

    timer.setRequired(true);
    expect(state()).toBe("inactive");
    await using after = await kernel.open(AMT);
    expect(after.timeout()).toBe(120);
    await after.keepAlive();
    expect(timer).toMatchObject({ armed: true, timeoutSeconds: 120 });
    await expect(before.keepAlive()).rejects.toMatchObject({ code: "mei.closed" });
  });
  it("stays when the client's protocol version is 1, which says nothing", async () => {
    const { timer, kernel } = machine({ profile: "legacy" });
    await using watchdog = await kernel.open(AMT);
    timer.setRequired(false);
    await watchdog.keepAlive();
    await watchdog.keepAlive();
    expect(timer.armed).toBe(false);
  });
  it("goes with a reset of the firmware, which ends open handles, and is back after it", async () => {
    const { me, timer, kernel, state } = machine();
    const before = await kernel.open(AMT);
    await before.keepAlive();
    me.reset();
    expect(state()).toBe("inactive");
    await expect(before.keepAlive()).rejects.toMatchObject({ code: "mei.reset" });
    await using after = await kernel.open(AMT);
    await after.keepAlive();
    expect(timer.armed).toBe(true);
    await before[Symbol.asyncDispose]();
    expect(timer.armed).toBe(true);
  });
  it("resolves a heartbeat that a reset cuts short, and tells by the next call", async () => {
    const { kernel } = machine({ faults: [{ kind: "reset", nth: 1, client: WATCHDOG }] });
    await using watchdog = await kernel.open(AMT);
    await watchdog.keepAlive();
    await expect(watchdog.keepAlive()).rejects.toMatchObject({ code: "mei.reset" });
  });
  it("is stopped and gone when its driver is unbound, and back when it is bound", async () => {
    const { me, timer, kernel, tree } = machine();
    const before = await kernel.open(AMT);
    await before.keepAlive();
    kernel.bound(false);
    expect(timer).toMatchObject({ armed: false, stops: 1 });
    expect(me.openConnections).toBe(0);
    expect(tree.stat(AMT)).toBeUndefined();
    await expect(before.keepAlive()).rejects.toMatchObject({ code: "mei.reset" });
    kernel.bound(true);
    await using after = await kernel.open(AMT);
    await after.keepAlive();
    expect(timer.armed).toBe(true);
  });
  it("is not there when its driver is bound while heartbeats are not required, until they are", async () => {
    const { timer, kernel, tree } = machine();
    kernel.bound(false);
    timer.setRequired(false);
    kernel.bound(true);
    expect(tree.stat(AMT)).toBeUndefined();
    timer.setRequired(true);
    await using _watchdog = await kernel.open(AMT);
  });
});
