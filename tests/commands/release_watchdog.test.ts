import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { fakeRuntime } from "./fakes.ts";

const DRIVER = `/sys/bus/mei/devices/0000:00:16.0-${WATCHDOG}/driver`;

describe("Machine.withWatchdogReleased", () => {
  it("is waited for by disposal, so that the driver is bound again whatever ends the command", async () => {
    const machine = await openMachine({ device: "sim" });
    let finish = () => {};
    let released: Promise<string[]> | undefined;
    await new Promise<void>((begun) => {
      const work = () => new Promise<void>((resolve) => void (finish = resolve, begun()));
      released = machine.withWatchdogReleased(work, new AbortController().signal);
    });
    let over = false;
    const disposed = machine[Symbol.asyncDispose]().then(() => over = true);
    expect([machine.host.readLink(DRIVER), over]).toEqual([undefined, false]);
    finish();
    await disposed;
    expect(machine.host.readLink(DRIVER)).toMatch(/mei_wdt$/);
    expect(await released).toEqual([]);
  });
  it("rejects as its work does, and disposal does not", async () => {
    const machine = await openMachine({ device: "sim" });
    const error = new Error("work");
    const released = machine.withWatchdogReleased(() => Promise.reject(error), new AbortController().signal);
    await expect(released).rejects.toThrow("work");
    await machine[Symbol.asyncDispose]();
    expect(machine.host.readLink(DRIVER)).toMatch(/mei_wdt$/);
  });
  it("is what status --release-watchdog asks the firmware in", async () => {
    const plain = fakeRuntime(["--device", "sim:tls-only", "status", "--json"]);
    const releasing = fakeRuntime(["--device", "sim:tls-only", "status", "--json", "--release-watchdog"]);
    expect([await program(plain, root), await program(releasing, root)]).toEqual([0, 0]);
    expect(JSON.parse(plain.stdout)).toMatchObject({ operationalState: null, tlsEnforcedLocally: null });
    expect(JSON.parse(releasing.stdout)).toMatchObject({
      operationalState: { value: "enabled" },
      tlsEnforcedLocally: true,
      warnings: [],
    });
  });
});
