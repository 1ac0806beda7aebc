import { describe, expect, it } from "vitest";
import { WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { Background } from "./background.ts";
import { bundleProgram } from "./bundle.ts";
import { describeGuest, reaches, text, watchdogDriver } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";
import {
  expectInTime,
  softdog,
  start,
  STOP,
  WatchdogMachine,
  type WatchdogMachineOptions,
} from "./watchdog_machine.ts";

const program = await bundleProgram();
const node = "/dev/watchdog0";
/** Of a heartbeat that is not answered within 3 s. */
const unanswered = { code: "indeterminate", exitCode: 15, details: { armed: "unknown" } };
/** These, 4 more for a last word to the firmware, and what a busy host takes. */
const inTimeMs = 9000;

describeGuest("amtctl watchdog", (guest) => {
  const machine = (options?: WatchdogMachineOptions) => WatchdogMachine.start(guest(), options);

  async function run(command: string) {
    const { stdout, stderr, exitCode } = await guest().sh(`${command} --json`, { timeoutMs: 60_000 });
    return { exitCode, told: stdout === "" ? JSON.parse(stderr).error : JSON.parse(stdout) };
  }

  /** Programs beside ours that feed a watchdog. */
  describe("beside others", () => {
    it("mei_wdt starts and stops it when it is loaded, to hear whether it is required", async () => {
      await using firmware = await machine();
      await using _driver = await watchdogDriver(guest(), { offered: true });
      expect(await firmware.wire.until((said) => said.length >= 3)).toEqual(["connect", start(), STOP]);
    });

    it("a write to the node makes mei_wdt start it, and the close stop it", async () => {
      await using firmware = await machine();
      await using _driver = await firmware.driver();
      expect(await guest().sh(`printf x >${node}`)).toMatchObject({ exitCode: 0 });
      expect(await firmware.wire.until((said) => said.length >= 2)).toEqual([start(), STOP]);
      expect(firmware.timer.armed).toBe(false);
    });

    it("wdctl makes mei_wdt start it with the new timeout, and stop it", async () => {
      await using firmware = await machine();
      await using _driver = await firmware.driver();
      expect(await guest().sh(`wdctl -s 130 ${node}`)).toMatchObject({ exitCode: 0 });
      const said = await firmware.wire.until((all) => all.includes(start(130)) && all.at(-1) === STOP);
      // How often it opens the node, and writes to it before it sets the timeout, depends on its version.
      expect(new Set([...said, start()])).toEqual(new Set([start(), start(130), STOP]));
      expect(firmware.timer.armed).toBe(false);
    });

    it("the event is written once, when the time is up, and not when the node is closed before", async () => {
      await using firmware = await machine();
      await using _driver = await firmware.driver();
      {
        await using _holder = await Background.start(guest(), `sh -c 'exec 3>${node}; printf x >&3; exec sleep 60'`);
        expectInTime(await firmware.nextExpiry());
      }
      await guest().sh(`printf x >${node}; sleep 3`);
      expect(firmware.expiries).toBe(1);
    });
  });

  describe.each(Object.entries(runtimes))("on %s", (_, runtime) => {
    const watchdog = `${runtime} ${program} watchdog`;

    it("ping arms, beats and disarms with the messages of mei_wdt, also beside softdog", async () => {
      await using firmware = await machine();
      await using _before = await softdog(guest());
      await using _driver = await firmware.driver();
      const { told, exitCode } = await run(`${watchdog} ping`);
      expect(exitCode).toBe(0);
      expect(told).toMatchObject({ via: "kernel", path: "/dev/watchdog1", timeoutSeconds: 120, armed: false });
      expect(told.heartbeats).toMatchObject([{ acknowledged: true, notRequired: false }]);
      expect(told.heartbeats[0].roundTripMs).toBeGreaterThan(0);
      expect(firmware.wire.take()).toEqual([start(), STOP]);
      expect(firmware.timer.armed).toBe(false);
    });

    it("ping over MEI sends the same when mei_wdt is not loaded", async () => {
      await using firmware = await machine();
      const { told, exitCode } = await run(`${watchdog} ping --count 2 --interval 100ms --watchdog-timeout 300`);
      expect(exitCode).toBe(0);
      expect(told).toMatchObject({ via: "mei", path: null, timeoutSeconds: 300, armed: false });
      expect(told.heartbeats).toMatchObject(Array(2).fill({ acknowledged: true, status: 0, notRequired: false }));
      expect(firmware.wire.take()).toEqual(["connect", start(300), start(300), STOP, "disconnect"]);
      expect(firmware.timer.armed).toBe(false);
    });

    it("ping says that AMT is disabled", async () => {
      await using _firmware = await machine({ profile: "disabled" });
      await using _driver = await watchdogDriver(guest(), { offered: false });
      expect(await run(`${watchdog} ping`)).toMatchObject({ exitCode: 7, told: { code: "amt.disabled" } });
    });

    it("ping says in time that a firmware does not answer, and its end stops the watchdog", async () => {
      // The first two messages are mei_wdt's own, when it is loaded.
      await using firmware = await machine({ faults: [{ kind: "silent", client: WATCHDOG, nth: 3 }] });
      await using _driver = await firmware.driver();
      await using ping = await Background.start(guest(), `${watchdog} ping --timeout 3s --json`);
      await firmware.wire.until((said) => said.includes(start()));
      expect(JSON.parse(await ping.complained(inTimeMs)).error).toMatchObject(unanswered);
      expect(await ping.exited()).toMatchObject({ exitCode: 15, stdout: `${ping.pid}\n` });
      expect(await firmware.wire.until((said) => said.includes(STOP))).toEqual([STOP]);
    });
  });

  describe("on bun alone", () => {
    const watchdog = `${runtimes.bun} ${program} watchdog`;

    it.each([0, 1])("status finds iamt_wdt as watchdog%i beside softdog, and arms neither", async (number) => {
      await using firmware = await machine();
      await using _before = number === 1 ? await softdog(guest()) : undefined;
      await using _driver = await firmware.driver();
      await using _after = number === 0 ? await softdog(guest()) : undefined;
      const { told, exitCode } = await run(`${watchdog} status`);
      expect(exitCode).toBe(0);
      expect(told.amt).toMatchObject({ state: "offered", watchdog: `watchdog${number}`, via: "kernel", armed: false });
      expect(told.amt.client).toMatchObject({ protocolVersion: 2, driver: "mei_wdt" });
      const amt = { isAmt: true, identity: "iamt_wdt", driver: "mei_wdt", timeout: 120, minTimeout: 120 };
      const other = { isAmt: false, identity: "Software Watchdog", driver: null, timeout: 60, minTimeout: 1 };
      const all = { armed: false, maxTimeout: 65535, timeLeft: null, nowayout: false, holders: [] };
      const expected = [{ ...all, ...amt }, { ...all, ...other }];
      expect(told.watchdogs).toMatchObject(number === 0 ? expected : expected.reverse());
      expect(firmware.wire.take()).toEqual([]);
      expect(await text(guest(), `/sys/class/watchdog/watchdog${1 - number}/state`)).toBe("inactive\n");
    });

    it("status tells a user who is not root all but the holders", async () => {
      await using firmware = await machine();
      await using _driver = await firmware.driver();
      await guest().sh("mkdir -p /etc; echo nobody:x:65534:65534::/tmp:/bin/sh >/etc/passwd");
      const { stdout } = await guest().sh(`su nobody -c '${watchdog} status --json'`, { timeoutMs: 60_000 });
      const told = JSON.parse(stdout);
      expect(told.amt).toMatchObject({ state: "offered", watchdog: "watchdog0", via: "kernel", armed: false });
      expect(told.watchdogs).toMatchObject([{ isAmt: true, driver: "mei_wdt", timeout: 120, holders: null }]);
    });

    it("ping --watchdog-timeout sets the driver's with the first heartbeat, and no more are sent for it", async () => {
      await using firmware = await machine();
      await using _driver = await firmware.driver();
      const { told } = await run(`${watchdog} ping --count 2 --interval 100ms --watchdog-timeout 300`);
      expect(told).toMatchObject({ via: "kernel", timeoutSeconds: 300, armed: false });
      expect(firmware.wire.take()).toEqual([start(300), start(300), STOP]);
    });

    it("start and ping --keep-armed are refused over the kernel's device before anything is sent", async () => {
      await using firmware = await machine();
      await using _driver = await firmware.driver();
      for (const command of ["ping --keep-armed", "start --watchdog-timeout 200"]) {
        const { exitCode, told } = await run(`${watchdog} ${command}`);
        expect([exitCode, told.code]).toEqual([8, "amt.state"]);
        expect(told.hint).toContain("amtctl watchdog run");
      }
      expect(firmware.wire.take()).toEqual([]);
      expect(await text(guest(), "/sys/class/watchdog/watchdog0/timeout")).toBe("120\n");
    });

    it("start over MEI leaves it running, does not claim to know, and stop stops it", async () => {
      await using firmware = await machine();
      expect(await run(`${watchdog} start --watchdog-timeout 65535`)).toMatchObject({
        exitCode: 0,
        told: { via: "mei", armed: "unknown" },
      });
      expect(firmware.wire.take()).toEqual(["connect", start(65535), "disconnect"]);
      expect(firmware.timer.armed).toBe(true);
      expect(await run(`${watchdog} stop`)).toMatchObject({ exitCode: 0, told: { via: "mei", armed: false } });
      expect(firmware.wire.take()).toEqual(["connect", STOP, "disconnect"]);
      expect(firmware.timer.armed).toBe(false);
    });

    it("names whoever has the node, or the client, already", async () => {
      await using firmware = await machine();
      {
        await using _driver = await firmware.driver();
        await using feeder = await Background.start(guest(), `watchdog -F -t 1 -T 120 ${node}`);
        const { exitCode, told } = await run(`${watchdog} ping`);
        expect([exitCode, told.code]).toEqual([5, "mei.busy"]);
        expect(told.message).toContain(`it is watchdog (process ${feeder.pid})`);
        const direct = await run(`${watchdog} ping --via mei`);
        expect([direct.exitCode, direct.told.code]).toEqual([5, "mei.busy"]);
        expect(direct.told.message).toContain("mei_wdt");
      }
      await using feeder = await Background.start(guest(), `${watchdog} run --ndjson`);
      await feeder.event("heartbeat");
      const { exitCode, told } = await run(`${watchdog} ping`);
      expect([exitCode, told.code]).toEqual([5, "mei.busy"]);
      expect(told.message).toContain(`bun.exe (process ${feeder.pid})`);
    });

    it("status, and ping over every way, say that AMT is disabled", async () => {
      await using _firmware = await machine({ profile: "disabled" });
      await using _driver = await watchdogDriver(guest(), { offered: false });
      const { exitCode, told } = await run(`${watchdog} status`);
      expect([exitCode, told.amt.state, told.watchdogs]).toEqual([7, "disabled", []]);
      for (const via of ["kernel", "mei"]) {
        expect(await run(`${watchdog} ping --via ${via}`)).toMatchObject({
          exitCode: 7,
          told: { code: "amt.disabled" },
        });
      }
    });

    it("over the kernel's device nothing is found when mei_wdt is not loaded", async () => {
      await using firmware = await machine();
      expect(await run(`${watchdog} ping --via kernel`)).toMatchObject({ exitCode: 3, told: { code: "mei.absent" } });
      expect(firmware.wire.take()).toEqual([]);
    });

    it("ping says in time that a firmware that hangs does not answer, and has ended when that has restarted", async () => {
      await using firmware = await machine();
      await using _driver = await firmware.driver();
      firmware.link.firmware.mute();
      await using ping = await Background.start(guest(), `${watchdog} ping --timeout 3s --json`);
      await firmware.wire.until((said) => said.includes(start()));
      expect(JSON.parse(await ping.complained(inTimeMs)).error).toMatchObject(unanswered);
      // Mostly the kernel holds the process in its close, for which the firmware would have to take a stop.
      firmware.link.firmware.unmute();
      firmware.me.reset();
      expect(await ping.exited()).toMatchObject({ exitCode: 15 });
      await reaches(guest(), "ENABLED");
    });
  });
});
