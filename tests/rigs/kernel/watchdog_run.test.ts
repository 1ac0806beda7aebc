import { describe, expect, it } from "vitest";
import { WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { Background } from "./background.ts";
import { bundleProgram } from "./bundle.ts";
import { describeGuest, holds, reaches } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";
import { expectInTime, start, STOP, WatchdogMachine, type WatchdogMachineOptions } from "./watchdog_machine.ts";

const program = await bundleProgram();

describeGuest("amtctl watchdog run", (guest) => {
  /** 120 s of the firmware's are 6 s, so that a host that is busy does not miss a heartbeat. */
  const machine = (options?: WatchdogMachineOptions) => WatchdogMachine.start(guest(), { timeScale: 20, ...options });

  const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

  /** Loads mei_wdt for the way through it. */
  const opened = (via: string, firmware: WatchdogMachine) => via === "kernel" ? firmware.driver() : nothing;

  async function run(runtime: string, flags = "", command = ""): Promise<Background> {
    const running = await Background.start(
      guest(),
      `${runtime} ${program} watchdog run --ndjson --interval 500ms ${flags} ${command === "" ? "" : `-- ${command}`}`,
    );
    await running.event("heartbeat");
    return running;
  }

  describe.each(Object.entries(runtimes))("on %s", (_, runtime) => {
    it.each(["kernel", "mei"])("over %s feeds, registers again after a reset, and SIGTERM disarms", async (via) => {
      await using firmware = await machine();
      await using _way = await opened(via, firmware);
      await using running = await run(runtime, "--watchdog-timeout 180");
      expect(running.events[0]).toMatchObject({ event: "registered", via, timeoutSeconds: 180 });
      await running.event("heartbeat");
      expect(firmware.wire.take().filter((said) => said !== "connect")).toContain(start(180));

      firmware.me.reset();
      expect((await running.event("lost")).code).toBe("mei.reset");
      expect(await running.event("registered")).toMatchObject({ via, timeoutSeconds: 180 });
      expect(await running.event("heartbeat")).toMatchObject({ acknowledged: true, notRequired: false });
      expect([firmware.timer.armed, firmware.timer.timeoutSeconds]).toEqual([true, 180]);

      await running.signal("TERM");
      expect(await running.event("ended")).toMatchObject({ reason: "interrupted", armed: false });
      expect((await running.exited()).exitCode).toBe(130);
      expect(firmware.wire.take()).toContain(STOP);
      expect([firmware.timer.armed, firmware.expiries]).toEqual([false, 0]);
    });

    it("over kernel lives through NOT_REQUIRED, which makes the device go and come back", async () => {
      await using firmware = await machine();
      await using _way = await opened("kernel", firmware);
      await using running = await run(runtime);
      firmware.timer.setRequired(false);
      await running.event("notRequired");
      await holds(guest(), "! [ -e /dev/watchdog0 ]");
      firmware.timer.setRequired(true);
      await holds(guest(), "[ -e /dev/watchdog0 ]");
      expect(await running.event("registered")).toMatchObject({ via: "kernel" });
      expect(await running.event("heartbeat")).toMatchObject({ acknowledged: true, notRequired: false });
      await running.signal("TERM");
      expect(await running.event("ended")).toMatchObject({ armed: false });
      expect([firmware.timer.armed, firmware.expiries]).toEqual([false, 0]);
    });
  });

  describe("on bun alone", () => {
    it("over kernel tells of a firmware that does not answer, and registers again when that has restarted", async () => {
      // The first two messages are mei_wdt's own, when it is loaded.
      await using firmware = await machine({ faults: [{ kind: "silent", client: WATCHDOG, nth: 4 }] });
      await using _way = await opened("kernel", firmware);
      await using running = await run(runtimes.bun);
      expect((await running.event("lost")).code).toBe("indeterminate");
      firmware.me.reset();
      await running.event("registered");
      expect(await running.event("heartbeat")).toMatchObject({ acknowledged: true });
    });

    it("over mei lives through NOT_REQUIRED", async () => {
      await using firmware = await machine();
      await using running = await run(runtimes.bun);
      firmware.timer.setRequired(false);
      await running.event("notRequired");
      firmware.timer.setRequired(true);
      expect(await running.event("heartbeat")).toMatchObject({ notRequired: false });
      await running.signal("INT");
      expect(await running.event("ended")).toMatchObject({ armed: false });
      expect(firmware.timer.armed).toBe(false);
    });

    it.each(["kernel", "mei"])(
      "over %s gives no heartbeats while the check says no, and the event is written",
      async (via) => {
        await using firmware = await machine({ timeScale: 40 });
        await using _way = await opened(via, firmware);
        await using running = await run(runtimes.bun, "--check '! [ -e /tmp/ill ]'");
        await guest().sh("touch /tmp/ill");
        expect(await running.event("unhealthy")).toMatchObject({ armed: true });
        expectInTime(await firmware.nextExpiry());
        await guest().sh("rm /tmp/ill");
        await running.event("healthy");
        await running.event("heartbeat");
        expect([firmware.timer.armed, firmware.expiries]).toEqual([true, 1]);
      },
    );

    it("disarms when its command ends well", async () => {
      await using firmware = await machine();
      await using _way = await opened("kernel", firmware);
      await using running = await run(runtimes.bun, "", "sleep 2");
      expect(await running.event("ended")).toMatchObject({ reason: "the command ended", armed: false });
      expect((await running.exited()).exitCode).toBe(0);
      expect(firmware.wire.take().at(-1)).toBe(STOP);
    });

    it("lets the time run out when its command ends badly", async () => {
      await using firmware = await machine({ timeScale: 40 });
      await using _way = await opened("kernel", firmware);
      await using running = await run(runtimes.bun, "", "sh -c 'sleep 1; exit 3'");
      expect(await running.event("unhealthy")).toMatchObject({ armed: true });
      expectInTime(await firmware.nextExpiry());
    });

    it("SIGKILL over kernel stops the watchdog, also while the command that it started lives on", async () => {
      await using firmware = await machine();
      await using _way = await opened("kernel", firmware);
      await using running = await run(runtimes.bun, "", "sleep 600");
      await running.signal("KILL");
      expect((await running.exited()).exitCode).toBe(137);
      expect((await firmware.wire.until((said) => said.includes(STOP))).at(-1)).toBe(STOP);
      expect((await guest().sh("pidof sleep")).exitCode).toBe(0);
      expect(firmware.timer.armed).toBe(false);
    });

    it.each([["runs", true], ["stops", false]] as const)(
      "SIGKILL over mei sends no stop: a firmware whose watchdog then %s is left so",
      async (watchdogOnClose, armed) => {
        await using firmware = await machine({ timeScale: 40, watchdogOnClose });
        await using running = await run(runtimes.bun);
        await running.signal("KILL");
        const said = await firmware.wire.until((all) => all.includes("disconnect"));
        expect(said).not.toContain(STOP);
        expect(firmware.timer.armed).toBe(armed);
        if (armed) expectInTime(await firmware.nextExpiry());
      },
    );

    it("takes the way of the kernel again, not that of mei, when mei_wdt comes back late after a reset", async () => {
      await using firmware = await machine();
      await using _way = await opened("kernel", firmware);
      await using running = await run(runtimes.bun);
      const unbind = "cd /sys/bus/mei/drivers/mei_wdt && echo -n 0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab";
      await guest().sh(`${unbind} >unbind`);
      await running.event("lost");
      await guest().sh(`sleep 3; ${unbind} >bind`);
      expect(await running.event("registered")).toMatchObject({ via: "kernel" });
      await running.event("heartbeat");
      await reaches(guest(), "ENABLED");
    });
  });
});
