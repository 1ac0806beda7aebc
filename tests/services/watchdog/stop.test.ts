import { describe, expect, it } from "vitest";
import { openFeeder } from "../../../services/watchdog/open_feeder.ts";
import { stopWatchdog } from "../../../services/watchdog/stop.ts";
import { start120, stop, watchdogMachine } from "./machine.ts";

describe("stopWatchdog", () => {
  it("sends a stop over MEI for a watchdog that somebody left running", async () => {
    using machine = await watchdogMachine({ via: "mei" });
    const feeder = await openFeeder(machine.source, { via: "mei" });
    await feeder.beat();
    await feeder[Symbol.asyncDispose]();
    expect(machine.timer.armed).toBe(true);
    expect(await stopWatchdog(machine.source, { via: "auto" })).toEqual({ via: "mei", path: null, armed: false });
    expect(machine.sent).toEqual([start120, stop]);
    expect([machine.timer.armed, machine.me.openConnections]).toEqual([false, 0]);
  });
  it("finds nothing to stop over the kernel's device that nobody has open, and sends nothing", async () => {
    using machine = await watchdogMachine();
    const result = await stopWatchdog(machine.source, { via: "auto" });
    expect(result).toEqual({ via: "kernel", path: "/dev/watchdog1", armed: false });
    expect(machine.sent).toEqual([]);
    expect(machine.tree.readText("/sys/class/watchdog/watchdog1/state")).toBe("inactive\n");
  });
  it("is kept out over the kernel's device by whoever has it open, which is named", async () => {
    using machine = await watchdogMachine();
    machine.tree.process(700, "watchdogd", { files: ["/dev/watchdog1"] });
    await expect(stopWatchdog(machine.source, { via: "auto" })).rejects.toMatchObject({
      code: "mei.busy",
      message: expect.stringContaining("watchdogd (process 700)"),
    });
  });
  it("is refused with nowayout, with what can be done", async () => {
    using machine = await watchdogMachine({ nowayout: true });
    await expect(stopWatchdog(machine.source, { via: "kernel" })).rejects.toMatchObject({
      code: "amt.state",
      message: expect.stringContaining("nowayout"),
      hint: expect.stringMatching(/amtctl watchdog run.*echo 0000:00:16\.0-05b79a6f-\S+ > \S+\/mei_wdt\/unbind; echo/),
    });
    // Had it been opened, its close would have been a heartbeat.
    expect(machine.sent).toEqual([]);
  });
  it.each(["reset", "disconnect"] as const)("is indeterminate over MEI when it meets %s", async (kind) => {
    using machine = await watchdogMachine({ via: "mei", faults: [{ kind, nth: 1 }] });
    await expect(stopWatchdog(machine.source, { via: "mei" })).rejects.toMatchObject({
      code: "indeterminate",
      details: { armed: "unknown" },
    });
    expect(machine.me.openConnections).toBe(0);
  });
  it("is indeterminate over MEI when it is interrupted after it was sent", async () => {
    using machine = await watchdogMachine({ via: "mei" });
    const abort = new AbortController();
    const stopping = stopWatchdog(machine.source, { via: "mei", signal: abort.signal });
    await expect.poll(() => machine.sent).toEqual([stop]);
    abort.abort();
    await expect(stopping).rejects.toMatchObject({ code: "indeterminate" });
  });
  it.each([["disabled", "amt.disabled"], ["no-amt", "amt.absent"], ["+no-pci", "mei.absent"]])(
    "rejects on %s with %s",
    async (profile, code) => {
      using machine = await watchdogMachine({ profile });
      await expect(stopWatchdog(machine.source, { via: "auto" })).rejects.toMatchObject({ code });
    },
  );
});
