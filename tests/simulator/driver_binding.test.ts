import { describe, expect, it } from "vitest";
import { AMTHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { guid } from "../../core/guid.ts";
import { createSimulator } from "../../simulator/mod.ts";

const DEVICE = `0000:00:16.0-${WATCHDOG}`;
const FOLDER = "/sys/bus/mei/drivers/mei_wdt";
const HDCP = guid("b638ab7e-94e2-4ea2-a552-d1c54b627f04");

describe("a client of the simulated machine", () => {
  it("is busy as long as a kernel driver has its one connection", async () => {
    const { mei, sysfs } = createSimulator();
    await expect(mei.connect(WATCHDOG, { busyBudgetMs: 0 })).rejects.toMatchObject({
      code: "mei.busy",
      message: expect.stringContaining("the kernel driver mei_wdt"),
      details: { driver: "mei_wdt" },
    });
    await sysfs.writeText(`${FOLDER}/unbind`, DEVICE);
    await using _connection = await mei.connect(WATCHDOG, { busyBudgetMs: 0 });
  });
  it("takes a further connection when it has room beside the driver's", async () => {
    const { mei } = createSimulator();
    await using _connection = await mei.connect(HDCP, { busyBudgetMs: 0 });
    await expect(mei.connect(HDCP, { busyBudgetMs: 0 })).rejects.toMatchObject({ code: "mei.busy" });
  });
});

describe("DriverBinding.writeText", () => {
  it("leaves the tree as it was when a driver is unbound and bound again", async () => {
    const { host, sysfs } = createSimulator();
    const look = () => [host.readLink(`/sys/bus/mei/devices/${DEVICE}/driver`), host.list(FOLDER)];
    const before = look();
    await sysfs.writeText(`${FOLDER}/unbind`, DEVICE);
    expect(look()).toEqual([undefined, ["bind", "unbind"]]);
    await sysfs.writeText(`${FOLDER}/bind`, DEVICE);
    expect(look()).toEqual(before);
    expect(host.readText(`${FOLDER}/${DEVICE}/uuid`)).toBe(WATCHDOG);
  });
  // As drivers/base/bus.c and dd.c answer.
  it.each([
    ["another driver's device is unbound", `${FOLDER}/unbind`, `0000:00:16.0-${AMTHI}`, "ENODEV"],
    ["no such device is bound", `${FOLDER}/bind`, "0000:00:16.0-none", "ENODEV"],
    ["a device is bound that has a driver", `${FOLDER}/bind`, DEVICE, "EBUSY"],
    ["no such driver is there", "/sys/bus/mei/drivers/none/bind", DEVICE, "ENOENT"],
    ["the attribute is another one", "/sys/class/mei/mei0/tx_queue_limit", "30", "ENOENT"],
  ])("rejects when %s", async (_, path, text, errno) => {
    await expect(createSimulator().sysfs.writeText(path, text)).rejects.toMatchObject({
      code: "io.write",
      details: { path, errno },
    });
  });
  it("rejects with mei.permission when the user is not root", async () => {
    const { sysfs } = createSimulator("activated", { uid: 1000 });
    await expect(sysfs.writeText(`${FOLDER}/unbind`, DEVICE)).rejects.toMatchObject({ code: "mei.permission" });
  });
});
