import { describe, expect, it } from "vitest";
import { openFeeder } from "../../../services/watchdog/open_feeder.ts";
import { type MachineSetup, start120, start300, stop, watchdogMachine } from "./machine.ts";

describe("openFeeder", () => {
  it.each([["kernel", "/dev/watchdog1", false], ["mei", undefined, "unknown"]] as const)(
    "takes the way over %s when that is the one that is open, and sends nothing",
    async (via, path, leaves) => {
      using machine = await watchdogMachine({ via });
      await using feeder = await openFeeder(machine.source, { via: "auto" });
      expect([feeder.via, feeder.path, feeder.timeoutSeconds, feeder.leaves]).toEqual([via, path, 120, leaves]);
      expect(machine.sent).toEqual([]);
    },
  );
  it.each<[string, "kernel" | "mei", MachineSetup, string, RegExp]>([
    ["MEI while mei_wdt holds the client", "mei", {}, "mei.busy", /--via kernel.*modprobe -r mei_wdt/],
    ["the kernel where it has no watchdog of AMT's", "kernel", { via: "mei" }, "mei.absent", /modprobe mei_wdt.*mei/],
  ])("refuses %s", async (_, via, setup, code, hint) => {
    using machine = await watchdogMachine(setup);
    const opening = openFeeder(machine.source, { via });
    await expect(opening).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(machine.me.openConnections).toBe(0);
  });
  it.each(
    [
      ["disabled", "amt.disabled"],
      ["no-amt", "amt.absent"],
      ["+no-pci", "mei.absent"],
      ["+no-driver", "mei.absent"],
      ["+no-permission", "mei.permission"],
    ] as const,
  )("rejects on %s with %s, whatever way is wanted", async (profile, code) => {
    for (const via of ["auto", "kernel"] as const) {
      using machine = await watchdogMachine({ profile });
      await expect(openFeeder(machine.source, { via })).rejects.toMatchObject({ code });
    }
  });
  it.each(["disabled", "no-amt"])("rejects on %s over MEI too", async (profile) => {
    using machine = await watchdogMachine({ profile });
    await expect(openFeeder(machine.source, { via: "mei" })).rejects.toMatchObject({
      code: profile === "disabled" ? "amt.disabled" : "amt.absent",
    });
  });
  it("names who has the kernel's watchdog open", async () => {
    using machine = await watchdogMachine();
    machine.tree.process(700, "watchdogd", { files: ["/dev/watchdog1"] });
    await expect(openFeeder(machine.source, { via: "auto" })).rejects.toMatchObject({
      code: "mei.busy",
      message: expect.stringContaining("watchdogd (process 700)"),
    });
  });
  it.each([["kernel", 119], ["kernel", 65_536], ["mei", 119], ["mei", 65_536]] as const)(
    "rejects over %s a timeout of %i s with usage and opens nothing",
    async (via, timeoutSeconds) => {
      using machine = await watchdogMachine({ via });
      await expect(openFeeder(machine.source, { via, timeoutSeconds })).rejects.toMatchObject({ code: "usage" });
      expect(machine.tree.readText("/sys/class/watchdog/watchdog1/state")?.trim()).not.toBe("active");
      expect(machine.sent).toEqual([]);
    },
  );
  it("rejects as the signal says when it is aborted", async () => {
    using machine = await watchdogMachine();
    const opening = openFeeder(machine.source, { via: "auto", signal: AbortSignal.abort() });
    await expect(opening).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe.each(["kernel", "mei"] as const)("a feeder over %s", (via) => {
  // The kernel's driver keeps it to itself.
  const status = via === "mei" ? 0 : null;

  it("beats with the timeout that is wanted, one message for each heartbeat, and stops", async () => {
    using machine = await watchdogMachine({ via });
    await using feeder = await openFeeder(machine.source, { via, timeoutSeconds: 300 });
    expect(feeder.timeoutSeconds).toBe(300);
    const beat = await feeder.beat();
    expect(beat).toEqual({ acknowledged: true, status, notRequired: false, roundTripMs: expect.any(Number) });
    await feeder.beat();
    expect(machine.timer).toMatchObject({ armed: true, timeoutSeconds: 300, beats: 2 });
    await feeder.disarm();
    expect(machine.sent).toEqual([start300, start300, stop]);
    expect(machine.timer.armed).toBe(false);
  });
  it("tells of a client of version 1, which confirms nothing, that it was not acknowledged", async () => {
    using machine = await watchdogMachine({ via, profile: "legacy" });
    await using feeder = await openFeeder(machine.source, { via });
    expect(await feeder.beat()).toMatchObject({ acknowledged: false, status: null, notRequired: false });
    await expect.poll(() => machine.sent).toEqual([start120]);
  });
  it("tells that no heartbeats are wanted", async () => {
    using machine = await watchdogMachine({ via });
    await using feeder = await openFeeder(machine.source, { via });
    machine.timer.setRequired(false);
    expect(await feeder.beat()).toMatchObject({ acknowledged: true, status, notRequired: true });
  });
  it.each(["reset", "disconnect", "silent"] as const)(
    "is indeterminate, and tells of no acknowledgement, when it meets %s in a heartbeat",
    async (kind) => {
      using machine = await watchdogMachine({ via, faults: [{ kind, nth: 1 }] });
      await using feeder = await openFeeder(machine.source, { via });
      await expect(feeder.beat()).rejects.toMatchObject({ code: "indeterminate", details: { armed: "unknown" } });
      machine.me.reset();
    },
  );
  it("is indeterminate when it is interrupted in a heartbeat", async () => {
    using machine = await watchdogMachine({ via, faults: [{ kind: "silent", nth: 1 }] });
    await using feeder = await openFeeder(machine.source, { via });
    const abort = new AbortController();
    const beat = feeder.beat({ signal: abort.signal });
    await expect.poll(() => machine.sent).toEqual([start120]);
    abort.abort();
    await expect(beat).rejects.toMatchObject({ code: "indeterminate" });
    machine.me.reset();
  });
  it("sends nothing when it is interrupted before, which is no more than that", async () => {
    using machine = await watchdogMachine({ via });
    await using feeder = await openFeeder(machine.source, { via });
    await expect(feeder.beat({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    expect(machine.sent).toEqual([]);
  });
  it("is indeterminate when it meets a reset in a stop", async () => {
    using machine = await watchdogMachine({ via, faults: [{ kind: "reset", nth: 2 }] });
    await using feeder = await openFeeder(machine.source, { via });
    await feeder.beat();
    await expect(feeder.disarm()).rejects.toMatchObject({ code: "indeterminate", details: { armed: "unknown" } });
  });
  it("rejects with mei.reset when the firmware restarted since the last heartbeat", async () => {
    using machine = await watchdogMachine({ via });
    await using feeder = await openFeeder(machine.source, { via });
    await feeder.beat();
    machine.me.reset();
    await expect(feeder.beat()).rejects.toMatchObject({ code: "mei.reset" });
  });
});

describe("a feeder over the kernel", () => {
  it("says what a close leaves, as nowayout is then", async () => {
    using machine = await watchdogMachine({ nowayout: true });
    await using feeder = await openFeeder(machine.source, { via: "kernel" });
    expect(feeder.leaves).toBe(true);
    await feeder.beat();
    await expect(feeder.disarm()).rejects.toMatchObject({ code: "amt.state" });
    expect(machine.timer.armed).toBe(true);
  });
  it("does not know what a close leaves when the watchdog is gone", async () => {
    using machine = await watchdogMachine();
    await using feeder = await openFeeder(machine.source, { via: "kernel" });
    machine.timer.setRequired(false);
    await feeder.beat();
    expect(feeder.leaves).toBe("unknown");
  });
  // The kernel takes the device away in its own time, so the heartbeat before may have seemed to be as any other.
  it("tells that no heartbeats are wanted when the driver has taken its watchdog away before this one", async () => {
    using machine = await watchdogMachine();
    await using feeder = await openFeeder(machine.source, { via: "kernel" });
    machine.timer.setRequired(false);
    await feeder.beat();
    expect(await feeder.beat()).toMatchObject({ acknowledged: false, status: null, notRequired: true });
    expect(machine.sent).toHaveLength(1);
  });
});

describe("a feeder over MEI", () => {
  // Over the kernel nothing tells of it: the driver does not learn of a disconnect before it speaks again.
  it("is indeterminate when the firmware disconnects with a stop", async () => {
    using machine = await watchdogMachine({ via: "mei", faults: [{ kind: "disconnect", nth: 2 }] });
    await using feeder = await openFeeder(machine.source, { via: "mei" });
    await feeder.beat();
    await expect(feeder.disarm()).rejects.toMatchObject({ code: "indeterminate", details: { armed: "unknown" } });
  });
  it("tells the way of the acknowledgement, without that of the connect before the first", async () => {
    using machine = await watchdogMachine({ via: "mei" });
    const { source } = machine;
    const slow = async () => {
      const mei = await source.openMei();
      const connect: typeof mei.connect = async (...args) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return await mei.connect(...args);
      };
      return { connect };
    };
    await using feeder = await openFeeder({ ...source, openMei: slow }, { via: "mei" });
    expect((await feeder.beat()).roundTripMs).toBeLessThan(250);
  });
});
