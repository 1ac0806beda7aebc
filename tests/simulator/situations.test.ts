import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import setup from "../../commands/setup_permissions.ts";
import { AMTHI, LME, MKHI } from "../../protocols/mei/known_clients.ts";
import { createSimulator, profileNames, situationNames } from "../../simulator/mod.ts";
import { chooseNode, debugfsClients, managementFunctions } from "../../transport/sysfs.ts";
import { fakeContext } from "../commands/fakes.ts";

const BUSY = { busyBudgetMs: 0 };

describe("a simulated machine in a situation", () => {
  it.each(profileNames.flatMap((profile) => situationNames.map((situation) => `${profile}+${situation}`)))(
    "%s can be made, and is named so",
    (name) => expect(createSimulator(name).name).toBe(name),
  );
  it("has the usual profile when none is named", async () => {
    expect(createSimulator("+busy")).toMatchObject({ name: "activated+busy", me: { profile: { name: "activated" } } });
    expect((await openMachine({ device: "sim:+busy" })).device().name).toBe("sim:activated+busy");
  });
  it.each(["+", "activated+", "+nope", "+busy+lockdown", "+constructor"])(
    "refuses %s, and names those that are there",
    (name) => {
      expect(() => createSimulator(name)).toThrowError(
        expect.objectContaining({
          code: "usage",
          hint: expect.stringContaining("no-pci, no-driver, no-permission, busy"),
        }),
      );
    },
  );

  it("has no Management Engine with no-pci", async () => {
    const { host, mei } = createSimulator("+no-pci");
    expect(managementFunctions(host)).toEqual([]);
    expect(chooseNode(host)).toBeUndefined();
    expect(host.stat("/dev/mei0")).toBeUndefined();
    await expect(mei.connect(MKHI)).rejects.toMatchObject({ code: "mei.absent" });
  });
  it("has the PCI function alone with no-driver", async () => {
    const { host, mei } = createSimulator("+no-driver");
    expect(managementFunctions(host)).toEqual([
      { address: "0000:00:16.0", vendorId: 0x8086, deviceId: 0x51e0, driver: undefined },
    ]);
    expect(chooseNode(host)).toBeUndefined();
    for (const path of ["/dev/mei0", "/sys/module/mei_me", "/sys/bus/mei"]) expect(host.stat(path)).toBeUndefined();
    expect(host.list("/sys/devices/pci0000:00/0000:00:16.0")).toEqual(["class", "device", "vendor"]);
    await expect(mei.connect(MKHI)).rejects.toMatchObject({ code: "mei.absent" });
  });
  it.each(["+no-pci", "+no-driver"])("openMei rejects with mei.absent on %s", async (name) => {
    await using machine = await openMachine({ device: `sim:${name}` });
    await expect(machine.openMei()).rejects.toMatchObject({ code: "mei.absent" });
  });
  it("is seen by a user who may not open the node with no-permission", async () => {
    const { host, mei } = createSimulator("+no-permission");
    expect(host.uid).toBe(1000);
    expect(host.access("/dev/mei0", "write")).toBe(false);
    expect(chooseNode(host)).toMatchObject({ state: "ENABLED" });
    await expect(mei.connect(MKHI)).rejects.toMatchObject({ code: "mei.permission" });
    expect(createSimulator("+no-permission", { uid: 0 }).host.uid).toBe(0);
  });
  it("has AMTHI and LME held by another process with busy", async () => {
    const { host, mei } = createSimulator("+busy");
    for (const client of [AMTHI, LME]) {
      await expect(mei.connect(client, BUSY)).rejects.toMatchObject({
        code: "mei.busy",
        message: expect.stringContaining("lms (process 742)"),
        details: { processes: [{ pid: 742, name: "lms" }] },
      });
    }
    await using connection = await mei.connect(MKHI);
    expect(connection.maxMessageLength).toBe(2048);
    const [lms] = [...host.processes()].filter(({ name }) => name === "lms");
    expect(lms!.openFiles()).toContain("/dev/mei0");
  });
  it("does not offer held clients that its firmware does not have", async () => {
    const { mei } = createSimulator("disabled+busy");
    await expect(mei.connect(AMTHI, BUSY)).rejects.toMatchObject({ code: "mei.clientNotOffered" });
  });
  it("has debugfs shut, and the firmware open, with lockdown", async () => {
    const { host, mei } = createSimulator("+lockdown");
    expect(host.readText("/sys/kernel/security/lockdown")).toBe("none integrity [confidentiality]\n");
    expect(debugfsClients(host, chooseNode(host)!)).toBeUndefined();
    await using connection = await mei.connect(AMTHI);
    expect(connection.protocolVersion).toBe(1);
  });
  it("is not locked down otherwise", () => {
    expect(createSimulator().host.readText("/sys/kernel/security/lockdown")).toBe("[none] integrity confidentiality\n");
  });

  // With no node to go by, --apply would write the udev rule of the machine that runs this program.
  it.each(situationNames)("setup permissions --apply refuses it with %s", async (situation) => {
    await using machine = await openMachine({ device: `sim:+${situation}` });
    await expect(setup.run(fakeContext(machine), { apply: true }, [])).rejects.toMatchObject({ code: "usage" });
  });
});
