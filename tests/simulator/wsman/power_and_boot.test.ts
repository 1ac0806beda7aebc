import { CIM, IPS } from "@device-management-toolkit/wsman-messages";
import { describe, expect, it } from "vitest";
import { GetLastHostResetReason } from "../../../protocols/amthi/mod.ts";
import { Console, fieldsOf, reference } from "./console.ts";

const cim = new CIM.Messages();
const ips = new IPS.Messages();
const CONFIGURATION = "Intel(r) AMT: Boot Configuration 0";
const system = reference("CIM_ComputerSystem", { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" });

const state = async (console: Console) =>
  Number(fieldsOf(await console.get("CIM_AssociatedPowerManagementService"))["PowerState"]);

const request = (console: Console, wanted: number, of = system) =>
  console.returned(
    "CIM_PowerManagementService",
    "RequestPowerStateChange",
    `<h:PowerState>${wanted}</h:PowerState><h:ManagedElement>${of}</h:ManagedElement>`,
  );

/** What a console sends back of the boot settings that it has read, with some of them changed. */
async function settings(console: Console, changes: Record<string, unknown> = {}): Promise<string> {
  const dropped = ["OptionsCleared", "BIOSLastStatus", "RPEEnabled", "BootguardStatus", "RSEPassword"];
  const fields = fieldsOf(await console.get("AMT_BootSettingData"));
  return Object.entries({ ...fields, ...changes })
    .filter(([name]) => !dropped.includes(name) && !(name.endsWith("Enabled")))
    .map(([name, value]) => `<h:${name}>${value}</h:${name}>`).join("");
}

describe("CIM_PowerManagementService.RequestPowerStateChange", () => {
  it.each([
    ["a reset", 10, 2],
    ["power off", 8, 8],
    ["a power cycle", 5, 2],
    ["sleep", 4, 4],
    ["hibernation", 7, 7],
    ["a graceful power off", 12, 8],
    ["an NMI", 11, 2],
  ])("does %s", async (_, wanted, then) => {
    const console = new Console();
    expect(await request(console, wanted)).toBe(0);
    expect(await state(console)).toBe(then);
  });
  it.each([["on, when it is on", [], 2], ["a reset, when it is off", [8], 10], ["off, when it is off", [8], 8]])(
    "refuses %s",
    async (_, before, wanted) => {
      const console = new Console();
      for (const each of before) await request(console, each);
      expect(await request(console, wanted)).toBe(4097);
    },
  );
  it("refuses another system, and a state that is none", async () => {
    const console = new Console();
    const amt = reference("CIM_ComputerSystem", { CreationClassName: "CIM_ComputerSystem", Name: "Intel(r) AMT" });
    expect(await request(console, 10, amt)).toBe(5);
    expect(await request(console, 99)).toBe(5);
  });
  it("says done and does nothing for what the host must do, when no program there listens", async () => {
    const console = new Console("activated", { amt: { hostAgent: false } });
    for (const graceful of [4, 7, 12, 14]) {
      expect(await request(console, graceful)).toBe(0);
      expect(await state(console)).toBe(2);
    }
  });
  it("tells what is possible in each state, in the order that is recorded for on", async () => {
    const console = new Console();
    const available = async () =>
      fieldsOf(await console.get("CIM_AssociatedPowerManagementService"))["AvailableRequestedPowerStates"];
    expect(await available()).toEqual(["10", "8", "5", "11", "4", "7", "14", "12"]);
    await request(console, 8);
    expect(await available()).toBe("2");
  });
  it("shows in what AMTHI tells of the last reset", async () => {
    const console = new Console();
    await request(console, 10);
    expect(await console.amthi(GetLastHostResetReason, {})).toMatchObject({ data: { reason: "remoteControl" } });
    expect(fieldsOf(await console.get("IPS_HostBootReason"))["Reason"]).toBe("1");
  });
});

describe("a boot", () => {
  /** A machine on which boot options need no consent. */
  const console = () => new Console("acm");

  it("takes what consoles set, once", async () => {
    const amt = console();
    expect(await amt.body(cim.BootConfigSetting.ChangeBootOrder())).toMatchObject({ name: "ChangeBootOrder_OUTPUT" });
    await amt.put("AMT_BootSettingData", await settings(amt, { UseSOL: true }));
    expect(fieldsOf(await amt.get("AMT_BootSettingData"))).toMatchObject({ UseSOL: "true", OptionsCleared: "false" });
    const role = await amt.body(cim.BootService.SetBootConfigRole(CONFIGURATION, 1));
    expect(fieldsOf(role)["ReturnValue"]).toBe("0");
    const source = "Intel(r) AMT: Force PXE Boot" as never;
    expect(fieldsOf(await amt.body(cim.BootConfigSetting.ChangeBootOrder(source)))["ReturnValue"]).toBe("0");
    expect(await request(amt, 10)).toBe(0);
    const { boot } = await amt.machine();
    expect(boot.boots).toMatchObject([{ source, settings: { UseSOL: true } }]);
    expect(fieldsOf(await amt.get("AMT_BootSettingData"))).toMatchObject({ UseSOL: "false", OptionsCleared: "true" });
    await request(amt, 10);
    expect(boot.boots[1]).toMatchObject({ source: undefined, settings: { UseSOL: false } });
  });
  it("takes nothing when no role was set", async () => {
    const amt = console();
    await amt.put("AMT_BootSettingData", await settings(amt, { BIOSSetup: true }));
    await request(amt, 10);
    expect((await amt.machine()).boot.boots).toMatchObject([{ settings: { BIOSSetup: false } }]);
    expect(fieldsOf(await amt.get("AMT_BootSettingData"))["BIOSSetup"]).toBe("true");
  });
  it("writes to the event log", async () => {
    const amt = console();
    await request(amt, 10);
    expect(amt.simulator.me.eventLog.entries).toMatchObject([{ sensorType: 15, offset: 2, entity: 34 }]);
  });
  it("needs the user's consent in client control mode", async () => {
    const amt = new Console("activated");
    const set = async () =>
      fieldsOf(await amt.body(cim.BootService.SetBootConfigRole(CONFIGURATION, 1)))["ReturnValue"];
    expect(await set()).toBe("2081");
    expect(await amt.returned("IPS_OptInService", "StartOptIn")).toBe(0);
    const code = Number((await amt.machine()).consent.screen);
    expect(fieldsOf(await amt.body(ips.OptInService.SendOptInCode(code)))["ReturnValue"]).toBe("0");
    expect(await set()).toBe("0");
    expect(fieldsOf(await amt.get("IPS_OptInService"))["OptInState"]).toBe("4");
  });
  it.each([
    ["a read-only field", "<h:OptionsCleared>true</h:OptionsCleared>", "d:InvalidRepresentation"],
    ["the reset of configuration data", "", "d:InvalidRepresentation", { ConfigurationDataReset: true }],
    ["no boolean", "", "e:SchemaValidationError", { UseSOL: 7 }],
  ])("cannot be set up with %s", async (_, more, subcode, changes: Record<string, unknown> = {}) => {
    const amt = console();
    await expect(amt.put("AMT_BootSettingData", `${await settings(amt, changes)}${more}`)).rejects.toThrow(subcode);
  });
  it("cannot be set up without all that is required", async () => {
    await expect(console().put("AMT_BootSettingData", "<h:UseSOL>true</h:UseSOL>")).rejects.toThrow(
      "d:InvalidRepresentation",
    );
  });
  it.each([
    ["a source that is not there", reference("CIM_BootSourceSetting", { InstanceID: "x" })],
    ["no source at all", reference("CIM_Chip", { Tag: "CPU 0" })],
  ])("cannot be sent to %s", async (_, source) => {
    const order = `<h:Source>${source}</h:Source>`;
    expect(await console().returned("CIM_BootConfigSetting", "ChangeBootOrder", order)).toBe(5);
  });
});

describe("CIM_BootService.RequestStateChange", () => {
  it("switches one-click recovery where there is one", async () => {
    const change = (profile: string, wanted: number) =>
      new Console(profile).returned(
        "CIM_BootService",
        "RequestStateChange",
        `<h:RequestedState>${wanted}</h:RequestedState>`,
      );
    expect(await change("acm", 32769)).toBe(0);
    expect(await change("acm", 2)).toBe(5);
    expect(await change("legacy", 32769)).toBe(1);
  });
});

describe("IPS_PowerManagementService", () => {
  it("lets the operating system save power, and not", async () => {
    const amt = new Console();
    expect(fieldsOf(await amt.body(ips.PowerManagementService.RequestOSPowerSavingStateChange(3)))["ReturnValue"]).toBe(
      "0",
    );
    expect(fieldsOf(await amt.get("IPS_PowerManagementService"))["OSPowerSavingState"]).toBe("3");
  });
});
