import { expect, it } from "vitest";
import { createSimulator } from "../../../simulator/mod.ts";
import { describeGuest, holds, reaches, text, watchdogDriver } from "./describe_guest.ts";
import { AMTHI } from "../../../protocols/mei/known_clients.ts";

describeGuest("FirmwareLink", (guest) => {
  const mei = (name: string) => text(guest(), `/sys/class/mei/mei0/${name}`);

  it.each([[1, 1], [2, 0], [2, 2]])("comes up when the firmware speaks HBM %i.%i", async (major, minor) => {
    const { me } = createSimulator();
    await using _link = await guest().firmware(me, { version: { major, minor } });
    await reaches(guest(), "ENABLED");
    expect(await mei("hbm_ver")).toBe(`${major}.${minor}\n`);
  });

  it("shows the formats of sysfs when the profile is activated", async () => {
    const { me } = createSimulator();
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    await holds(guest(), "grep -q 16.1.25 /sys/class/mei/mei0/fw_ver");
    expect(await mei("kind")).toBe("mei\n");
    expect(await mei("dev_state")).toBe("ENABLED");
    expect(await mei("fw_status")).toBe("90000245\n00F10506\n00000030\n00004400\n00000000\n40200002\n");
    expect(await mei("fw_ver")).toBe("0:16.1.25.2049\n0:16.1.25.2049\n0:16.1.25.2035\n");
    expect(await mei("hbm_ver")).toBe("2.2\n");
    expect(await mei("hbm_ver_drv")).toBe("2.2\n");
    expect(await mei("tx_queue_limit")).toBe("50\n");
    expect(await mei("dev")).toMatch(/^\d+:0\n$/);
    await expect(mei("trc")).rejects.toThrow("Operation not supported");
    expect((await guest().sh("readlink /sys/class/mei/mei0/device")).stdout).toBe("../../../0000:00:16.0\n");
    expect((await guest().sh("stat -c '%a %u %g %F' /dev/mei0")).stdout).toBe("600 0 0 character special file\n");
  });

  it("shows each client's properties on the bus when the profile is activated", async () => {
    const { me } = createSimulator();
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    const amthi = "/sys/bus/mei/devices/0000:00:16.0-12f80028-b4b7-4b2d-aca8-46e0ff65814c";
    await holds(guest(), `[ -e ${amthi} ]`);
    const { stdout } = await guest().sh(
      `cd ${amthi} && for f in name uuid version modalias max_conn fixed vtag max_len; do cat $f; echo '|'; done`,
    );
    expect(stdout.split("|\n").slice(0, -1)).toEqual([
      "",
      "12f80028-b4b7-4b2d-aca8-46e0ff65814c",
      "01",
      "mei::12f80028-b4b7-4b2d-aca8-46e0ff65814c:01:",
      "1",
      "0",
      "0",
      "5120",
    ]);
  });

  it("shows every client in debugfs when the profile is activated", async () => {
    const { me } = createSimulator();
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    const table = await text(guest(), "/sys/kernel/debug/mei0/meclients");
    expect(table.split("\n")[0]).toBe("  |id|fix|         UUID                       |con|msg len|sb|refc|vt|");
    const shown = [...table.matchAll(/^ *\d+\| *\d+\| *(\d+)\|([0-9a-f-]{36})\| *(\d+)\| *(\d+)\|/gm)];
    expect(shown.map(([, fixed, uuid, connections, length]) => [uuid, +fixed!, +connections!, +length!]).sort())
      .toEqual(
        me.clients.map(({ properties: p }) => [p.guid, p.fixedAddress, p.maxConnections, p.maxMessageLength]).sort(),
      );
  });

  it("gives mei-amt-version the versions of the profile", async () => {
    const { me } = createSimulator();
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    const { stdout, exitCode } = await guest().sh("mei-amt-version");
    expect(exitCode).toBe(0);
    expect(stdout).toBe([
      "Intel AMT: ENABLED",
      ...["Flash", "Netstack", "AMTApps", "AMT"].map((name) => `${name}:\t16.1.25`),
      "Sku:\t16392",
      "VendorID:\t8086",
      "Build Number:\t2049",
      "Recovery Version:\t16.1.25",
      "Recovery Build Num:\t2049",
      "Legacy Mode:\tFalse",
      "",
    ].join("\n"));
  });

  it("tells mei-amt-version that AMT is disabled when the firmware answers with nothing", async () => {
    const { me } = createSimulator("activated", { faults: [{ kind: "empty", nth: 1, client: AMTHI }] });
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    const { stdout } = await guest().sh("mei-amt-version");
    expect(stdout).toBe("Intel AMT: DISABLED\n");
  });

  it.each(["activated", "legacy"] as const)("lets mei_wdt offer a watchdog when the profile is %s", async (profile) => {
    const { me } = createSimulator(profile);
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    await using _driver = await watchdogDriver(guest(), { offered: true });
    expect(await text(guest(), "/sys/class/watchdog/watchdog0/identity")).toBe("iamt_wdt\n");
    expect(await text(guest(), "/sys/class/watchdog/watchdog0/timeout")).toBe("120\n");
    expect(await text(guest(), "/sys/kernel/debug/mei_wdt/state")).toBe("state: IDLE\n");
  });

  it("leaves mei_wdt without a watchdog when AMT is disabled", async () => {
    const { me } = createSimulator("disabled");
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    await holds(guest(), "[ -e /sys/bus/mei/devices/*8e6a6715* ]");
    await using _driver = await watchdogDriver(guest(), { offered: false });
    expect(await text(guest(), "/proc/modules")).toContain("mei_wdt ");
    expect((await guest().sh("ls /sys/class/watchdog")).stdout).toBe("");
  });

  it("comes back when the firmware resets", async () => {
    const { me } = createSimulator();
    await using link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    const reset = link.nextReset();
    me.reset();
    await reset;
    await reaches(guest(), "ENABLED");
    expect((await guest().sh("mei-amt-version")).stdout).toContain("Intel AMT: ENABLED\n");
  });

  it("goes by RESETTING to DISABLED when the firmware dies, and to ENABLED when it is back", async () => {
    const { me } = createSimulator();
    const link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    await link[Symbol.asyncDispose]();
    await reaches(guest(), "RESETTING");
    await reaches(guest(), "DISABLED", 30_000);
    await using _back = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    expect((await guest().sh("mei-amt-version")).stdout).toContain("Intel AMT: ENABLED\n");
  });

  it("ends DISABLED when the firmware resets and then hangs", async () => {
    const { me } = createSimulator();
    await using link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    link.hang();
    me.reset();
    await reaches(guest(), "DISABLED", 30_000);
  });
});
