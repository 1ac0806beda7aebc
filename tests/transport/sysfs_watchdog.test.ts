import { describe, expect, it } from "vitest";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { HostTree } from "../../simulator/host_tree.ts";
import { amtWatchdog, nodeName, watchdogFeeders, watchdogHolders, watchdogs } from "../../transport/sysfs_watchdog.ts";
import { type Tree, treeHost } from "../services/tree_host.ts";

const CLASS = "/sys/class/watchdog";
const CLIENT = `0000:00:16.0-${WATCHDOG}`;
const BUS = "/sys/bus/mei/devices";

// Texts and links as read in the kernel rig with softdog loaded before mei_wdt, Debian's 6.1.192 and 6.12.117.
const softdog61 = folder(`${CLASS}/watchdog0`, {
  bootstatus: "0\n",
  dev: "245:0\n",
  identity: "Software Watchdog\n",
  max_timeout: "65535\n",
  min_timeout: "1\n",
  nowayout: "0\n",
  pretimeout: "0\n",
  pretimeout_available_governors: "",
  pretimeout_governor: "",
  state: "inactive\n",
  status: "0x200\n",
  timeout: "60\n",
  uevent: "MAJOR=245\nMINOR=0\nDEVNAME=watchdog0\n",
});
const iamt61 = folder(`${CLASS}/watchdog1`, {
  bootstatus: "0\n",
  dev: "245:1\n",
  identity: "iamt_wdt\n",
  max_timeout: "65535\n",
  min_timeout: "120\n",
  nowayout: "0\n",
  pretimeout: "0\n",
  pretimeout_available_governors: "",
  pretimeout_governor: "",
  state: "active\n",
  status: "0x8200\n",
  timeout: "120\n",
  uevent: "MAJOR=245\nMINOR=1\nDEVNAME=watchdog1\n",
});
const iamtLinks: Tree = {
  [`${CLASS}/watchdog1/device`]: { link: `../../../${CLIENT}` },
  [`${CLASS}/watchdog1/device/driver`]: { link: "../../../../bus/mei/drivers/mei_wdt" },
  [`${BUS}/${CLIENT}`]: { link: `../../../devices/pci0000:00/0000:00:16.0/${CLIENT}` },
  [`${BUS}/${CLIENT}/uuid`]: WATCHDOG,
  [`${BUS}/${CLIENT}/version`]: "02",
  [`${BUS}/${CLIENT}/driver`]: { link: "../../../../bus/mei/drivers/mei_wdt" },
};
const only612: Tree = {
  ...folder(`${CLASS}/watchdog0`, { options: "0x8180\n", fw_version: "0\n" }),
  ...folder(`${CLASS}/watchdog1`, { options: "0x8480\n", fw_version: "2\n" }),
};

function folder(path: string, texts: Record<string, string>): Tree {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${path}/${name}`, text]));
}

describe("watchdogs", () => {
  it("reads those of Linux 6.1, which shows neither options nor version", () => {
    expect(watchdogs(treeHost({ ...softdog61, ...iamt61, ...iamtLinks }))).toEqual([
      {
        name: "watchdog0",
        path: "/dev/watchdog0",
        identity: "Software Watchdog",
        state: "inactive",
        options: undefined,
        firmwareVersion: undefined,
        timeout: 60,
        minTimeout: 1,
        maxTimeout: 65_535,
        timeLeft: undefined,
        bootStatus: 0,
        nowayout: false,
        driver: undefined,
        client: undefined,
      },
      {
        name: "watchdog1",
        path: "/dev/watchdog1",
        identity: "iamt_wdt",
        state: "active",
        options: undefined,
        firmwareVersion: undefined,
        timeout: 120,
        minTimeout: 120,
        maxTimeout: 65_535,
        timeLeft: undefined,
        bootStatus: 0,
        nowayout: false,
        driver: "mei_wdt",
        client: expect.objectContaining({ name: CLIENT, guid: WATCHDOG, driver: "mei_wdt" }),
      },
    ]);
  });

  it("reads options and version where Linux 6.12 shows them", () => {
    const found = watchdogs(treeHost({ ...softdog61, ...iamt61, ...iamtLinks, ...only612 }));
    expect(found).toMatchObject([{ options: 0x8180, firmwareVersion: 0 }, { options: 0x8480, firmwareVersion: 2 }]);
  });

  it("tells the time left where a driver does, and its driver on another bus", () => {
    const tree = {
      ...folder(`${CLASS}/watchdog0`, { identity: "iTCO_wdt\n", timeleft: "25\n", nowayout: "1\n" }),
      [`${CLASS}/watchdog0/device`]: { link: "../../../iTCO_wdt" },
      [`${CLASS}/watchdog0/device/driver`]: { link: "../../../../bus/platform/drivers/iTCO_wdt" },
    };
    expect(watchdogs(treeHost(tree))).toMatchObject([
      { timeLeft: 25, nowayout: true, driver: "iTCO_wdt", client: undefined },
    ]);
  });

  it("leaves everything but the names undefined where the kernel was built without attributes", () => {
    const bare = folder(`${CLASS}/watchdog0`, { dev: "245:0\n", uevent: "MAJOR=245\n" });
    expect(watchdogs(treeHost(bare))).toEqual([expect.objectContaining({ name: "watchdog0", path: "/dev/watchdog0" })]);
    expect(Object.values(watchdogs(treeHost(bare))[0]!).filter((value) => value !== undefined)).toHaveLength(2);
  });

  it("leaves an attribute undefined that does not read as it should", () => {
    const odd = folder(`${CLASS}/watchdog0`, { timeout: "-5\n", nowayout: "2\n", options: "yes\n", timeleft: "\n" });
    expect(watchdogs(treeHost(odd))).toMatchObject([
      { timeout: undefined, nowayout: undefined, options: undefined, timeLeft: undefined },
    ]);
  });

  it("counts watchdog10 behind watchdog2, and no other names", () => {
    const names = ["watchdog10", "watchdog2", "watchdogs", "softdog"];
    const tree = Object.assign({}, ...names.map((name) => folder(`${CLASS}/${name}`, { dev: "1:1\n" })));
    expect(watchdogs(treeHost(tree)).map(({ name }) => name)).toEqual(["watchdog2", "watchdog10"]);
  });

  it("never reads status, which would take a bit from others and wait for the firmware", () => {
    const host = treeHost({ ...softdog61, ...iamt61, ...iamtLinks });
    const read: string[] = [];
    watchdogs({
      ...host,
      readText(path) {
        read.push(path);
        return host.readText(path);
      },
    });
    expect(read).toContain(`${CLASS}/watchdog1/state`);
    expect(read.filter((path) => path.endsWith("/status"))).toEqual([]);
  });
});

describe("amtWatchdog", () => {
  it("finds AMT's by its identity, whatever its number", () => {
    expect(amtWatchdog(treeHost({ ...softdog61, ...iamt61 }))?.path).toBe("/dev/watchdog1");
    expect(amtWatchdog(treeHost(softdog61))).toBeUndefined();
  });
});

describe("watchdogHolders", () => {
  const host = new HostTree()
    .process(1, "systemd", { files: ["/dev/null", "/dev/watchdog"] })
    .process(742, "lms", { files: ["/dev/watchdog1"] });

  it.each([
    ["/dev/watchdog0", [1]],
    ["/dev/watchdog", [1]],
    ["/dev/watchdog1", [742]],
    ["/dev/watchdog2", []],
  ])("finds who has %s open, the first one also under its other name", (path, pids) => {
    expect(watchdogHolders(host, path)).toMatchObject({ processes: pids.map((pid) => ({ pid })), complete: true });
  });

  it("follows the link of a udev rule", () => {
    const tree = new HostTree(1000).link("/dev/iamt_watchdog", "watchdog1");
    expect(nodeName(tree, "/dev/iamt_watchdog")).toBe("watchdog1");
    expect(watchdogHolders(tree, "/dev/iamt_watchdog")).toEqual({ processes: [], complete: false });
  });
});

describe("watchdogFeeders", () => {
  it("names programs that feed watchdogs, and not the kernel's thread of that name", () => {
    const tree = new HostTree(1000)
      .process(1, "systemd")
      .process(108, "watchdogd").file("/proc/108/cmdline", "")
      .process(300, "watchdogd").file("/proc/300/cmdline", "/usr/sbin/watchdogd\0-f\0")
      .process(301, "wd_keepalive")
      .process(742, "LMS")
      .process(743, "systemd")
      .process(744, "watchdogs");
    expect(watchdogFeeders(tree).map(({ pid }) => pid)).toEqual([1, 300, 301, 742]);
  });
});
