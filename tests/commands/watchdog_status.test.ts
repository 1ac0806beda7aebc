import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import watchdogStatus from "../../commands/watchdog_status.ts";
import type { WatchdogStatusOutput } from "../../commands/watchdog_status.schema.ts";
import { schemas } from "../../schemas/mod.ts";
import { treeHost } from "../services/tree_host.ts";
import { noDevice } from "../../services/no_device.ts";
import { fakeContext, plain } from "./fakes.ts";

async function run(device: string): Promise<WatchdogStatusOutput> {
  await using machine = await openMachine({ device });
  return await watchdogStatus.run(fakeContext(machine), {}, []);
}

const text = async (device: string) => watchdogStatus.render(await run(device), plain, {});

describe("watchdog status", () => {
  it.each([
    ["sim:activated", 0],
    ["sim:legacy", 0],
    ["sim:+no-permission", 0],
    ["sim:disabled", 7],
    ["sim:no-amt", 6],
    ["sim:+no-pci", 3],
  ])("answers by its schema for %s, with exit code %d", async (device, exitCode) => {
    const output = await run(device);
    const validate = new Ajv2020({ strict: true }).compile((await schemas.watchdog_status()).default);
    expect([validate(output), validate.errors]).toEqual([true, null]);
    expect(watchdogStatus.exitCode?.(output)).toBe(exitCode);
  });

  it("never opens the machine's device", async () => {
    await using machine = await openMachine({ device: "sim" });
    const openMei = () => Promise.reject(new Error("it opened the device"));
    const output = await watchdogStatus.run(fakeContext({ ...machine, openMei }), {}, []);
    expect(output.amt.state).toBe("offered");
  });

  it("rejects with mei.absent where there is neither a Management Engine nor a watchdog", async () => {
    const host = treeHost({});
    const device = () => {
      throw noDevice(host);
    };
    await expect(watchdogStatus.run(fakeContext({ host, device }), {}, [])).rejects.toMatchObject({
      code: "mei.absent",
    });
  });

  it("renders AMT's watchdog beside another one", async () => {
    expect(await text("sim:activated")).toMatchInlineSnapshot(`
      "AMT's watchdog  /dev/watchdog1
      client          WD, version 2, held by mei_wdt
      armed           no

      NAME       AMT  IDENTITY           DRIVER   ARMED  TIMEOUT  LEFT  NOWAYOUT  HOLDER
      watchdog0  no   Software Watchdog  -        no          60     -  no        -
      watchdog1  yes  iamt_wdt           mei_wdt  no         120     -  no        -"
    `);
  });

  it("renders that AMT is disabled", async () => {
    expect(await text("sim:disabled")).toMatchInlineSnapshot(`
      "AMT's watchdog  AMT is disabled (WD: the firmware does not offer this client)
      hint            AMT is switched off in the firmware setup (MEBx), or this firmware has none; amtctl clients shows the rest

      NAME       AMT  IDENTITY           DRIVER  ARMED  TIMEOUT  LEFT  NOWAYOUT  HOLDER
      watchdog0  no   Software Watchdog  -       no          60     -  no        -"
    `);
  });

  it("renders what is unknown, and a machine without watchdogs", async () => {
    const { amt } = await run("sim:activated");
    const client = { ...amt.client!, driver: null, candidates: null };
    const output = {
      amt: { ...amt, watchdog: null, armed: "unknown" as const, via: "mei" as const, client },
      watchdogs: [],
      unavailable: [],
      warnings: [],
    };
    expect(watchdogStatus.render(output, plain, {})).toMatchInlineSnapshot(`
      "AMT's watchdog  offered over MEI, without a watchdog of the kernel
      client          WD, version 2, holder unknown
      armed           unknown

      The kernel has no watchdogs"
    `);
  });

  it("renders holders, and text of the kernel so that it cannot move the cursor", async () => {
    const output = await run("sim:activated");
    const watchdogs = output.watchdogs.map((each) => ({
      ...each,
      identity: "a\x1b[2J",
      armed: true,
      holders: [{ pid: 742, name: "lms" }, { pid: 1, name: "systemd" }],
    }));
    const rendered = watchdogStatus.render({ ...output, watchdogs }, plain, {});
    expect(rendered).toContain("lms (742), systemd (1)");
    expect(rendered).toContain("a\\x1b[2J");
  });
});
