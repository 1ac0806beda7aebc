import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import type { Facts } from "../../../services/doctor/check.ts";
import { checkDriver } from "../../../services/doctor/driver.ts";
import { checkHolders } from "../../../services/doctor/holders.ts";
import { checkLockdown } from "../../../services/doctor/lockdown.ts";
import { checkNode } from "../../../services/doctor/node.ts";
import { checkPci } from "../../../services/doctor/pci.ts";
import { checkPermissions } from "../../../services/doctor/permissions.ts";
import { HostTree } from "../../../simulator/host_tree.ts";
import { type Tree, treeHost } from "../tree_host.ts";
import { facts } from "./facts.ts";

const PCI = "/sys/bus/pci/devices/0000:00:16.0";
const pci: Tree = { [`${PCI}/vendor`]: "0x8086\n", [`${PCI}/device`]: "0x51e0\n", [`${PCI}/class`]: "0x078000\n" };
const loaded: Tree = { "/sys/module/mei_me/refcnt": "0\n" };
const bound = (driver: string): Tree => ({ [`${PCI}/driver`]: { link: `../../../../bus/pci/drivers/${driver}` } });
const on = (tree: Tree, changes: Partial<Facts> = {}): Facts => ({
  host: treeHost(tree),
  device: undefined,
  absence: undefined,
  contact: undefined,
  status: undefined,
  ...changes,
});
const error = (code: AmtError["code"], message: string = code) => new AmtError(code, message);

describe("checkPci", () => {
  it("is ok when the function is there, driver or not", () => {
    expect(checkPci(on(pci))).toEqual({ verdict: "ok", finding: "0000:00:16.0, 8086:51e0" });
  });
  it("puts the cause first that /proc/cpuinfo shows", () => {
    const cpu = (vendor: string, flags: string): Tree => ({
      "/proc/cpuinfo": `processor\t: 0\nvendor_id\t: ${vendor}\nflags\t\t: fpu ${flags} lm\n`,
    });
    expect(checkPci(on({})).causes![0]).toContain("firmware setup");
    expect(checkPci(on(cpu("GenuineIntel", ""))).causes![0]).toContain("firmware setup");
    expect(checkPci(on(cpu("GenuineIntel", "hypervisor"))).causes![0]).toContain("virtual");
    expect(checkPci(on(cpu("AuthenticAMD", "hypervisor"))).causes!.slice(0, 2).join()).toMatch(/virtual.*AuthenticAMD/);
  });
  it("is a note when there is a node without a function", () => {
    const { device } = facts("activated");
    expect(checkPci(on({}, { device })).verdict).toBe("note");
  });
});

describe("checkDriver", () => {
  it.each<[string, Tree, string, string]>([
    ["the module is not loaded", {}, "mei_me is not loaded", "modprobe mei_me"],
    ["the module left the function alone", loaded, "mei_me is loaded and has left it alone", "mei_me/bind"],
    ["another driver has it", bound("vfio-pci"), "vfio-pci is bound", "vfio-pci/unbind"],
    [
      "a file forbids it",
      {
        "/etc/modprobe.d/a.conf": "# blacklist mei_me\n",
        "/usr/lib/modprobe.d/b.conf": "options x y\nblacklist mei-me\n",
      },
      "/usr/lib/modprobe.d/b.conf keeps mei_me from being loaded",
      "Take that entry out",
    ],
    [
      "a file replaces its loading",
      { "/etc/modprobe.d/a.conf": "install mei /bin/false\n" },
      "/etc/modprobe.d/a.conf keeps",
      "Take that entry out",
    ],
    [
      "the kernel's command line forbids it",
      { "/proc/cmdline": "quiet module_blacklist=nouveau,mei_me ro\n" },
      "/proc/cmdline",
      "Take that entry out",
    ],
  ])("needs attention when %s", (_case, tree, finding, fix) => {
    const found = checkDriver(on({ ...pci, ...tree }));
    expect(found.verdict).toBe("attention");
    expect(found.finding).toContain(finding);
    expect(found.fix).toContain(fix);
  });
  it("is not misled by other modules, other files and comments", () => {
    const tree = {
      "/etc/modprobe.d/a.conf": "# blacklist mei_me\nblacklist mei_wdt\n",
      "/etc/modprobe.d/a.conf.bak": "blacklist mei_me\n",
      "/proc/cmdline": "modprobe.blacklist=mei_hdcp\n",
    };
    expect(checkDriver(on({ ...pci, ...tree })).finding).toContain("is not loaded");
  });
  it("is ok with mei_me and with mei_txe", () => {
    for (const driver of ["mei_me", "mei_txe"]) {
      expect(checkDriver(on({ ...pci, ...bound(driver) }))).toMatchObject({ verdict: "ok" });
    }
  });
});

describe("checkNode", () => {
  const { host, device } = facts("activated");
  const node = device!.node!;
  const inState = (state: string | undefined) =>
    checkNode(facts("activated", { device: { ...device!, node: { ...node, state } } }));
  it("is ok when the node is ENABLED, or the kernel does not tell", () => {
    for (const state of ["ENABLED", undefined]) expect(inState(state).verdict).toBe("ok");
  });
  it("tells a link that comes back from one that has been given up", () => {
    expect(inState("RESETTING")).toMatchObject({ verdict: "attention", fix: expect.stringContaining("Wait") });
    expect(inState("DISABLED")).toMatchObject({ verdict: "attention", fix: expect.stringContaining("modprobe -r") });
  });
  it("needs attention when the node is another one's", () => {
    const found = checkNode(facts("activated", { device: { ...device!, node: { ...node, kind: "gsc" } } }));
    expect(found).toMatchObject({ verdict: "attention", finding: expect.stringContaining("kind gsc") });
  });
  it("needs attention when /dev lacks what sysfs has, as in a container", () => {
    const elsewhere = { ...device!, path: "/dev/mei7", node: { ...node, name: "mei7" } };
    const found = checkNode(facts("activated", { device: elsewhere }));
    expect(found).toMatchObject({
      verdict: "attention",
      causes: [expect.stringContaining("container"), expect.anything()],
    });
  });
  it("needs attention when sysfs does not know the node, unless AMT's client is behind it", () => {
    const unknown = { ...facts("activated"), host, device: { ...device!, node: undefined } };
    const notOffered = error("mei.clientNotOffered");
    for (const contact of [undefined, notOffered, error("mei.permission")]) {
      const found = checkNode({ ...unknown, contact });
      expect(found).toMatchObject({ verdict: "attention", fix: expect.stringContaining("--device") });
    }
    for (const contact of ["connected", error("mei.busy")] as const) {
      expect(checkNode({ ...unknown, contact }).verdict).toBe("note");
    }
  });
  it("tells a node that was named and is not there from one that the driver did not make", () => {
    const named = new AmtError("mei.absent", "x", {
      hint: "This machine has /dev/mei0",
      details: { path: "/dev/mei7" },
    });
    expect(checkNode(on(pci, { absence: named }))).toMatchObject({
      finding: "/dev/mei7 does not exist",
      fix: "This machine has /dev/mei0",
    });
    expect(checkNode(on(pci, { absence: error("mei.absent") })).finding).toBe(
      "the driver is bound, and has made no node",
    );
  });
});

describe("checkPermissions", () => {
  it("tells a node that this user may not open from one that the kernel refuses all the same", () => {
    const denied = checkPermissions(facts("activated+no-permission"));
    expect(denied.finding).toBe("user 1000 may not open /dev/mei0 (0600 uid 0 gid 0)");
    expect(denied.fix).toContain("sudo");
    const refused = checkPermissions(facts("activated", { contact: error("mei.permission") }));
    expect(refused).toMatchObject({
      verdict: "attention",
      causes: [expect.stringContaining("container"), expect.anything()],
    });
  });
  it("is ok for root", () => {
    expect(checkPermissions(facts("activated"))).toMatchObject({ verdict: "ok" });
  });
});

describe("checkLockdown", () => {
  const at = (text: string, more: Tree = {}) => checkLockdown(on({ "/sys/kernel/security/lockdown": text, ...more }));
  it("is ok without, a note with it, and unknown where the kernel does not tell", () => {
    expect(at("[none] integrity confidentiality\n").verdict).toBe("ok");
    expect(at("none [integrity] confidentiality\n").finding).toContain("locked down (integrity)");
    expect(checkLockdown(on({})).verdict).toBe("unknown");
  });
  it("says what it takes away as far as it can be tried", () => {
    expect(checkLockdown(facts("activated+lockdown")).finding).toContain("cannot be read");
    const open = new HostTree()
      .file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
      .file("/sys/kernel/debug/mei0/meclients", "");
    expect(checkLockdown(facts("activated", { host: open })).finding).toContain("can be read all the same");
    expect(at("none [integrity] confidentiality\n").finding).toContain("only root reads");
  });
  it("names the command line first when it asks for it", () => {
    const asked = at("none [integrity] confidentiality\n", { "/proc/cmdline": "quiet lockdown=integrity\n" });
    expect(asked.causes![0]).toContain("command line");
    expect(at("none [integrity] confidentiality\n").causes![0]).toContain("Secure Boot");
  });
});

describe("checkHolders", () => {
  const busy = error("mei.busy", "/dev/mei0: the client takes no further connection");
  it("names who has the node open when the firmware takes no more", () => {
    const found = checkHolders(facts("activated+busy", { contact: busy }));
    expect(found).toMatchObject({ verdict: "attention", finding: expect.stringContaining("lms (process 742)") });
  });
  it("is a note when the firmware took this program's connection too", () => {
    expect(checkHolders(facts("activated+busy", { contact: "connected" })).verdict).toBe("note");
  });
  it("names the first few of many", () => {
    const host = new HostTree();
    for (let pid = 10; pid < 18; pid++) host.process(pid, "x", { files: ["/dev/mei0"] });
    const { finding } = checkHolders(facts("activated", { host }));
    expect(finding).toMatch(/x \(process 14\) and 3 more$/);
  });
  it("suspects a local management service when this user sees no open files", () => {
    const host = treeHost({}, { processes: [{ pid: 742, name: "lms" }] });
    const found = checkHolders(facts("activated", { host, contact: busy }));
    expect(found.finding).toContain("process lms (742) runs");
    expect(found.fix).toContain("sudo");
  });
  it("is ok for root when nobody has it open, and unknown for others unless the connect went through", () => {
    expect(checkHolders(facts("activated"))).toEqual({ verdict: "ok", finding: "no process has /dev/mei0 open" });
    const host = treeHost({});
    expect(checkHolders(facts("activated", { host })).verdict).toBe("unknown");
    expect(checkHolders(facts("activated", { host, contact: "connected" })).verdict).toBe("ok");
  });
});
