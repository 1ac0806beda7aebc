import { describe, expect, it } from "vitest";
import { createSimulator } from "../../simulator/mod.ts";

// Formats from Linux 6.1 and 6.12, drivers/misc/mei/{main,bus,bus-fixup,debugfs}.c, typed here.
const NODE = "/sys/class/mei/mei0";
const BUS = "/sys/bus/mei/devices";
const AMTHI = `${BUS}/0000:00:16.0-12f80028-b4b7-4b2d-aca8-46e0ff65814c`;
const WD = `${BUS}/0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab`;

const host = (profile?: string, uid = 0) => createSimulator(profile, { uid }).host;
const attributes = (profile: string | undefined, folder: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, host(profile).readText(`${folder}/${name}`)]));

describe("the host of a profile", () => {
  it("shows the node as the mei driver prints it", () => {
    const names = [
      "dev",
      "dev_state",
      "fw_status",
      "fw_ver",
      "hbm_ver",
      "hbm_ver_drv",
      "kind",
      "trc",
      "tx_queue_limit",
    ];
    expect(attributes(undefined, NODE, names)).toEqual({
      dev: "235:0\n",
      dev_state: "ENABLED",
      fw_status: "90000245\n00F10506\n00000030\n00004400\n00000000\n40200002\n",
      fw_ver: "0:16.1.25.2049\n0:16.1.25.2049\n0:16.1.25.2035\n",
      hbm_ver: "2.2\n",
      hbm_ver_drv: "2.2\n",
      kind: "mei\n",
      trc: "00000000\n",
      tx_queue_limit: "50\n",
    });
  });
  it("shows the registers and versions that fwupd captured on consumer firmware", () => {
    expect(attributes("no-amt", NODE, ["fw_status", "fw_ver"])).toEqual({
      fw_status: "90000245\n00F10506\n00000020\n00004400\n00000000\n40200002\n",
      fw_ver: "0:16.1.32.2473\n0:16.1.32.2473\n0:16.1.25.2035\n",
    });
  });
  it("shows zeros for versions where the driver has no client to ask", () => {
    expect(attributes("legacy", NODE, ["fw_ver", "hbm_ver", "trc"])).toEqual({
      fw_ver: "0:0.0.0.0\n0:0.0.0.0\n0:0.0.0.0\n",
      hbm_ver: "1.1\n",
      trc: undefined,
    });
  });
  it("joins the node to its PCI function by links", () => {
    const machine = host();
    expect(machine.readLink(NODE)).toBe("../../devices/pci0000:00/0000:00:16.0/mei/mei0");
    expect(machine.readLink(`${NODE}/device`)).toBe("../../../0000:00:16.0");
    for (const at of [`${NODE}/device`, "/sys/bus/pci/devices/0000:00:16.0", `${AMTHI}/..`]) {
      expect(machine.readText(`${at}/vendor`)).toBe("0x8086\n");
      expect(machine.readText(`${at}/device`)).toBe("0x51e0\n");
      expect(machine.readText(`${at}/class`)).toBe("0x078000\n");
      expect(machine.readLink(`${at}/driver`)).toBe("../../../bus/pci/drivers/mei_me");
      expect(machine.stat(`${at}/driver/0000:00:16.0/vendor`)).toBeDefined();
    }
  });
  it("shows a client on the bus without line ends", () => {
    const names = ["name", "uuid", "version", "modalias", "max_conn", "fixed", "vtag", "max_len"];
    expect(attributes(undefined, AMTHI, names)).toEqual({
      name: "",
      uuid: "12f80028-b4b7-4b2d-aca8-46e0ff65814c",
      version: "01",
      modalias: "mei::12f80028-b4b7-4b2d-aca8-46e0ff65814c:01:",
      max_conn: "1",
      fixed: "0",
      vtag: "0",
      max_len: "5120",
    });
    expect(host().readLink(`${AMTHI}/driver`)).toBeUndefined();
  });
  it("shows the drivers that hold clients, and lists these though they take several connections", () => {
    const machine = host();
    const driver = (guid: string) => machine.readLink(`${BUS}/0000:00:16.0-${guid}/driver`);
    expect(machine.readLink(`${WD}/driver`)).toBe("../../../../bus/mei/drivers/mei_wdt");
    expect(driver("b638ab7e-94e2-4ea2-a552-d1c54b627f04")).toBe("../../../../bus/mei/drivers/mei_hdcp");
    expect(driver("fbf6fcf1-96cf-4e2e-a6a6-1bab8cbe36b1")).toBe("../../../../bus/mei/drivers/mei_pxp");
    expect(machine.readText(`${WD}/driver/0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab/uuid`)).toBeDefined();
  });
  it("shows fixed clients at their address", () => {
    const fixed = `${BUS}/0000:00:16.0-55213584-9a29-4916-badf-0fb7ed682aeb`;
    expect(attributes(undefined, fixed, ["fixed", "max_conn", "version"])).toEqual({
      fixed: "7",
      max_conn: "0",
      version: "02",
    });
  });
  it("prints the table of clients as debugfs does, the last one enumerated first", () => {
    expect(host("legacy").readText("/sys/kernel/debug/mei0/meclients")).toBe(
      "  |id|fix|         UUID                       |con|msg len|sb|refc|vt|\n" +
        " 0|39|  0|fbf6fcf1-96cf-4e2e-a6a6-1bab8cbe36b1|  3|  15360| 0|   4| 0|\n" +
        " 1|38|  0|b638ab7e-94e2-4ea2-a552-d1c54b627f04|  2|   4096| 0|   4| 0|\n" +
        " 2|37|  0|3c4852d6-d47b-4f46-b05e-b5edc1aa440e|  1|   4096| 0|   3| 0|\n" +
        " 3|36|  0|309dcde8-ccb1-4062-8f78-600115a34327|  1|   4096| 0|   3| 0|\n" +
        " 4|35|  0|05b79a6f-4628-4d7f-899d-a91514cb32ab|  1|     32| 0|   4| 0|\n" +
        " 5|34|  0|6733a4db-0476-4e7b-b3af-bcfc29bee7a7|  1|   4104| 0|   3| 0|\n" +
        " 6|33|  0|12f80028-b4b7-4b2d-aca8-46e0ff65814c|  1|   5120| 0|   3| 0|\n" +
        " 7|32|  0|8e6a6715-9abc-4043-88ef-9e39c6f63e0f|  1|   2048| 0|   3| 0|\n",
    );
  });
  // As read under Linux 6.12 in the kernel rig, with softdog loaded before mei_wdt.
  it("shows the watchdogs as the kernel prints them, AMT's behind another one", () => {
    const names = [
      "bootstatus",
      "fw_version",
      "identity",
      "max_timeout",
      "min_timeout",
      "nowayout",
      "options",
      "pretimeout",
      "state",
      "status",
      "timeleft",
      "timeout",
    ];
    const same = { bootstatus: "0\n", max_timeout: "65535\n", nowayout: "0\n", pretimeout: "0\n", state: "inactive\n" };
    expect(attributes(undefined, "/sys/class/watchdog/watchdog0", names)).toEqual({
      ...same,
      fw_version: "0\n",
      identity: "Software Watchdog\n",
      min_timeout: "1\n",
      options: "0x8180\n",
      status: "0x200\n",
      timeleft: undefined,
      timeout: "60\n",
    });
    expect(attributes(undefined, "/sys/class/watchdog/watchdog1", names)).toEqual({
      ...same,
      fw_version: "2\n",
      identity: "iamt_wdt\n",
      min_timeout: "120\n",
      options: "0x8480\n",
      status: "0x200\n",
      timeleft: undefined,
      timeout: "120\n",
    });
    const machine = host();
    expect(["watchdog0", "watchdog1"].map((name) => machine.readLink(`/sys/class/watchdog/${name}`))).toEqual([
      "../../devices/virtual/watchdog/watchdog0",
      "../../devices/pci0000:00/0000:00:16.0/0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab/watchdog/watchdog1",
    ]);
    expect(machine.readLink("/sys/class/watchdog/watchdog0/device")).toBeUndefined();
    expect(machine.readLink("/sys/class/watchdog/watchdog1/device")).toBe(
      "../../../0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab",
    );
    expect(machine.readText("/sys/class/watchdog/watchdog1/device/uuid")).toBe("05b79a6f-4628-4d7f-899d-a91514cb32ab");
    for (const name of ["watchdog", "watchdog0", "watchdog1"]) {
      expect(machine.stat(`/dev/${name}`)).toEqual({ kind: "character", mode: 0o600, uid: 0, gid: 0 });
    }
  });
  it.each(["disabled", "no-amt", "activated+no-driver"])("shows no watchdog of AMT's for %s", (name) => {
    expect(host(name).list("/sys/class/watchdog")).toEqual(["watchdog0"]);
    expect(host(name).stat("/dev/watchdog1")).toBeUndefined();
  });
  it("has a device node for root alone", () => {
    expect(host().stat("/dev/mei0")).toEqual({ kind: "character", mode: 0o600, uid: 0, gid: 0 });
    expect(host(undefined, 1000).access("/dev/mei0", "write")).toBe(false);
  });
  it("hides debugfs from other users, and shows them /sys", () => {
    const machine = host(undefined, 1000);
    expect(machine.uid).toBe(1000);
    expect(machine.readText("/sys/kernel/debug/mei0/meclients")).toBeUndefined();
    expect(machine.list("/sys/kernel/debug")).toEqual([]);
    expect(machine.readText(`${NODE}/kind`)).toBe("mei\n");
    expect(machine.list(BUS)).toEqual(host().list(BUS));
  });
  it("has a few processes, none of which holds the device", () => {
    const processes = [...host().processes()];
    expect(processes.map(({ name }) => name)).toContain("systemd");
    expect(processes.flatMap((each) => each.openFiles())).not.toContain("/dev/mei0");
  });
});
