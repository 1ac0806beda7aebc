import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { findAmtWatchdog } from "../../services/watchdog/amt_watchdog.ts";
import { watchdogFlags } from "../../services/watchdog/flags.ts";
import { watchdogStatus } from "../../services/watchdog/status.ts";
import type { HostTree } from "../../simulator/host_tree.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { chooseNode } from "../../transport/sysfs.ts";

const CLIENT = `0000:00:16.0-${WATCHDOG}`;
const CLASS = "/sys/class/watchdog/watchdog1";
const DEVICE = `/sys/devices/pci0000:00/0000:00:16.0/${CLIENT}/watchdog/watchdog1`;

/** A simulated machine as a source, its tree open to changes. */
function machine(name?: string, uid?: number) {
  const { host, sysfs } = createSimulator(name, uid === undefined ? {} : { uid });
  const tree = host as HostTree;
  const device = () => {
    const node = chooseNode(host);
    if (node === undefined) throw new AmtError("mei.absent", "no Management Engine device");
    return { name: node.path, node };
  };
  return { tree, source: { host, device }, sysfs };
}

const fields = ({ unavailable }: { unavailable: readonly { field: string }[] }) =>
  unavailable.map(({ field }) => field);

describe("watchdogStatus", () => {
  it("tells AMT's watchdog from another one", () => {
    const status = watchdogStatus(machine().source);
    expect(status.amt).toEqual({
      state: "offered",
      reason: null,
      hint: null,
      device: "/dev/mei0",
      watchdog: "watchdog1",
      armed: false,
      via: "kernel",
      client: { guid: WATCHDOG, protocolVersion: 2, driver: "mei_wdt", candidates: [] },
    });
    expect(status.watchdogs).toMatchObject([
      { name: "watchdog0", isAmt: false, identity: "Software Watchdog", driver: null, holders: [] },
      {
        name: "watchdog1",
        isAmt: true,
        driver: "mei_wdt",
        armed: false,
        timeout: 120,
        minTimeout: 120,
        maxTimeout: 65_535,
        timeLeft: null,
        nowayout: false,
        firmwareVersion: 2,
        options: ["setTimeout", "alarmOnly", "keepAlivePing"],
        bootStatus: [],
        holders: [],
      },
    ]);
    expect(fields(status)).toEqual(["watchdog0.driver", "watchdog0.timeLeft", "watchdog1.timeLeft"]);
    expect(status.warnings).toEqual([]);
  });

  it("names who feeds an armed watchdog", () => {
    const { tree, source } = machine();
    tree.rewrite(`${DEVICE}/state`, "active\n").process(742, "lms", { files: ["/dev/watchdog1"] });
    const { amt, watchdogs, warnings } = watchdogStatus(source);
    expect([amt.armed, warnings]).toEqual([true, []]);
    expect(watchdogs[1]).toMatchObject({ armed: true, holders: [{ pid: 742, name: "lms" }] });
  });

  it("warns of a watchdog that runs on without anybody", () => {
    const { tree, source } = machine();
    tree.rewrite(`${DEVICE}/state`, "active\n").rewrite(`${DEVICE}/nowayout`, "1\n");
    const { watchdogs, warnings } = watchdogStatus(source);
    expect(watchdogs[1]).toMatchObject({ armed: true, nowayout: true, holders: [] });
    expect(warnings).toEqual([expect.stringMatching(/^watchdog1 is armed and nobody has it open/)]);
  });

  it("tells a user without root all but the holders, and who they may be", () => {
    const { tree, source } = machine(undefined, 1000);
    tree.rewrite(`${DEVICE}/state`, "active\n").process(742, "lms", { files: ["/dev/watchdog1"] });
    const { watchdogs, unavailable, warnings } = watchdogStatus(source);
    expect(watchdogs[1]).toMatchObject({ armed: true, timeout: 120, holders: null });
    expect(unavailable.find(({ field }) => field === "watchdog1.holders")?.reason).toBe(
      "only root sees who has /dev/watchdog1 open; it may be systemd (process 1), lms (process 742)",
    );
    expect(warnings).toEqual([]);
  });

  it("takes what an older kernel does not show for unknown", () => {
    const { tree, source } = machine();
    for (const name of ["options", "fw_version"]) tree.remove(`${DEVICE}/${name}`);
    const status = watchdogStatus(source);
    expect(status.watchdogs[1]).toMatchObject({ options: null, firmwareVersion: null, timeout: 120 });
    expect(status.unavailable).toContainEqual({ field: "watchdog1.options", reason: "this kernel does not show it" });
  });

  it("does not take a kernel without attributes for one without an armed watchdog", () => {
    const { tree, source } = machine();
    for (const name of tree.list(DEVICE).filter((name) => name !== "device")) tree.remove(`${DEVICE}/${name}`);
    const { amt, watchdogs, unavailable } = watchdogStatus(source);
    expect(amt).toMatchObject({ state: "offered", watchdog: null, armed: "unknown", via: null });
    expect(watchdogs[1]).toMatchObject({ isAmt: false, armed: "unknown", identity: null, timeout: null });
    expect(unavailable.find(({ field }) => field === "watchdog1.armed")?.reason).toContain("CONFIG_WATCHDOG_SYSFS");
  });

  it("finds the way over MEI open when no driver holds the client", async () => {
    const { source, sysfs } = machine();
    await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", CLIENT);
    const { amt, watchdogs, warnings } = watchdogStatus(source);
    expect(amt).toMatchObject({ state: "offered", watchdog: null, armed: "unknown", via: "mei" });
    expect(amt.client).toMatchObject({ driver: null, candidates: [] });
    expect([watchdogs.map(({ name }) => name), warnings]).toEqual([["watchdog0"], []]);
    await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/bind", CLIENT);
    expect(watchdogStatus(source).amt).toMatchObject({ watchdog: "watchdog1", via: "kernel" });
  });

  it("names who may hold the client over MEI, or that only root sees it", async () => {
    const { tree, source, sysfs } = machine();
    await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", CLIENT);
    tree.process(742, "lms", { files: ["/dev/mei0"] });
    expect(findAmtWatchdog(source).client?.candidates).toEqual([{ pid: 742, name: "lms" }]);

    const other = machine(undefined, 1000);
    other.tree.remove(`/sys/devices/pci0000:00/0000:00:16.0/${CLIENT}/driver`);
    const status = watchdogStatus(other.source);
    expect(status.amt.client?.candidates).toBeNull();
    expect(fields(status)).toContain("amt.client.candidates");
  });

  it("says that mei_wdt is not loaded", () => {
    const { tree, source } = machine();
    tree
      .remove(`/sys/devices/pci0000:00/0000:00:16.0/${CLIENT}/driver`)
      .remove("/sys/bus/mei/drivers/mei_wdt")
      .remove(CLASS)
      .remove(DEVICE);
    expect(watchdogStatus(source).warnings).toEqual([expect.stringContaining("modprobe mei_wdt")]);
  });

  it("says that the firmware does not want heartbeats when the driver shows no watchdog", () => {
    const { tree, source } = machine();
    tree.remove(CLASS).remove(DEVICE);
    const { amt, warnings } = watchdogStatus(source);
    expect(amt).toMatchObject({ state: "offered", watchdog: null, armed: "unknown", via: null });
    expect(warnings).toEqual([expect.stringContaining("NOT_REQUIRED")]);
  });

  it.each(
    [
      ["disabled", "disabled", /switched off in the firmware setup/],
      ["no-amt", "absent", /corporate/],
      ["activated+no-pci", "noDevice", /./],
      ["activated+no-driver", "noDevice", /./],
    ] as const,
  )("tells of %s that AMT's watchdog is %s, and of the others all the same", (name, state, hint) => {
    const { amt, watchdogs } = watchdogStatus(machine(name).source);
    expect(amt).toMatchObject({ state, watchdog: null, armed: "unknown", via: null, client: null });
    expect(amt.hint).toMatch(hint);
    expect(watchdogs.map(({ name }) => name)).toEqual(["watchdog0"]);
  });

  it("does not take the clients of a link that is down for all there are", () => {
    const { tree, source } = machine("disabled");
    tree.rewrite("/sys/devices/pci0000:00/0000:00:16.0/mei/mei0/dev_state", "RESETTING");
    const status = watchdogStatus(source);
    expect(status.amt).toMatchObject({ state: "unknown", reason: expect.stringContaining("RESETTING") });
    expect(fields(status)).toContain("amt.state");
  });

  it("knows nothing of a device that sysfs does not know", () => {
    const { source } = machine();
    const status = watchdogStatus({ ...source, device: () => ({ name: "/dev/fake", node: undefined }) });
    expect(status.amt).toMatchObject({ state: "unknown", device: "/dev/fake" });
  });
});

describe("watchdogFlags", () => {
  it("names bits, and writes those without a name as numbers", () => {
    expect(watchdogFlags(0x8180)).toEqual(["setTimeout", "magicClose", "keepAlivePing"]);
    expect(watchdogFlags(0x8000_0801)).toEqual(["overheat", "0x800", "0x80000000"]);
    expect(watchdogFlags(0)).toEqual([]);
  });
});
