import { expect, it } from "vitest";
import { WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { Background } from "./background.ts";
import { bundleProgram } from "./bundle.ts";
import { describeGuest, holds, succeeds, text } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";
import { expectInTime, start, STOP, WatchdogMachine, type WatchdogMachineOptions } from "./watchdog_machine.ts";

const watchdog = `${runtimes.bun} ${await bundleProgram()} watchdog`;
const node = "/dev/watchdog0";
const sysfs = "/sys/class/watchdog/watchdog0";

describeGuest("amtctl watchdog with nowayout", (guest) => {
  /** The driver stays loaded, since from Linux 6.12 on nothing unloads it any more; with the firmware its watchdog goes. */
  async function machine(options: WatchdogMachineOptions = {}): Promise<WatchdogMachine> {
    const firmware = await WatchdogMachine.start(guest(), options);
    await succeeds(guest(), "grep -q '^mei_wdt ' /proc/modules || insmod /lib/mod/mei_wdt.ko");
    await registered(firmware);
    await succeeds(guest(), `echo 1 >${sysfs}/nowayout`);
    return firmware;
  }

  /** mei_wdt has started and stopped it for its own ends. */
  async function registered(firmware: WatchdogMachine): Promise<void> {
    await firmware.wire.until((said) => said.includes(STOP));
    await holds(guest(), `[ -e ${sysfs}/identity ]`);
  }

  async function run(command: string) {
    const { stdout, stderr, exitCode } = await guest().sh(`${watchdog} ${command} --json`, { timeoutMs: 60_000 });
    return { exitCode, told: stdout === "" ? JSON.parse(stderr).error : JSON.parse(stdout) };
  }

  async function running(): Promise<Background> {
    const started = await Background.start(guest(), `${watchdog} run --ndjson --interval 500ms`);
    await started.event("heartbeat");
    return started;
  }

  it("a close does not stop it: one more heartbeat is sent, and the time runs out", async () => {
    await using firmware = await machine();
    await guest().sh(`printf x >${node}`);
    expect(await firmware.wire.until((said) => said.length >= 2)).toEqual([start(), start()]);
    expect(await text(guest(), `${sysfs}/state`)).toBe("active\n");
    expectInTime(await firmware.nextExpiry());
    expect((await guest().sh(`echo 0 >${sysfs}/nowayout`)).stderr).toContain("not permitted");
  });

  it("a driver that is bound anew stops it, and has forgotten nowayout", async () => {
    await using firmware = await machine();
    await guest().sh(`printf x >${node}`);
    firmware.wire.take();
    const bound = `0000:00:16.0-${WATCHDOG}`;
    const driver = "/sys/bus/mei/drivers/mei_wdt";
    await succeeds(guest(), `echo -n ${bound} >${driver}/unbind`);
    expect(await firmware.wire.until((said) => said.includes("disconnect"))).toEqual(["disconnect"]);
    expect(firmware.timer.armed).toBe(true);
    await succeeds(guest(), `echo -n ${bound} >${driver}/bind`);
    await registered(firmware);
    expect(firmware.timer.armed).toBe(false);
    expect(await text(guest(), `${sysfs}/nowayout`)).toBe("0\n");
  });

  it("stop is refused before anything is armed", async () => {
    await using firmware = await machine();
    expect(await run("stop")).toMatchObject({ exitCode: 8, told: { code: "amt.state" } });
    expect(firmware.wire.take()).toEqual([]);
    expect(firmware.timer.armed).toBe(false);
  });

  it("start and ping leave it armed, say so, and the time runs out", async () => {
    await using firmware = await machine({ timeScale: 20 });
    expect((await run("start")).told).toMatchObject({ via: "kernel", armed: true, warnings: [] });
    expect((await run("status")).told.watchdogs).toMatchObject([{ armed: true, nowayout: true }]);
    const { told } = await run("ping");
    expect(told).toMatchObject({ via: "kernel", armed: true, warnings: [expect.stringContaining("nowayout")] });
    expect(firmware.timer.armed).toBe(true);
    expectInTime(await firmware.nextExpiry());
  });

  it("SIGKILL of run leaves it running, so that the event is written", async () => {
    await using firmware = await machine();
    await using process = await running();
    firmware.wire.take();
    await process.signal("KILL");
    await process.exited();
    expect(await firmware.wire.until((said) => said.length > 0)).not.toContain(STOP);
    expect(firmware.timer.armed).toBe(true);
    expectInTime(await firmware.nextExpiry());
    expect(firmware.wire.take()).not.toContain(STOP);
  });

  it("SIGTERM of run is told that it stays armed", async () => {
    await using firmware = await machine();
    await using process = await running();
    await process.signal("TERM");
    expect(await process.event("ended")).toMatchObject({ armed: true });
    expect(firmware.timer.armed).toBe(true);
  });
});
