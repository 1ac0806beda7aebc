import type { WsmanClass } from "../class.ts";

/** Brand string of the processor, by the release of AMT that its machine has. */
function brand(major: number): string {
  if (major >= 19) return "Simulated Core(TM) Ultra 7 265 @ 2.40GHz";
  return major >= 12 ? "Simulated Core(TM) i7-1270P @ 2.20GHz" : "Simulated Core(TM) i5-4300U CPU @ 1.90GHz";
}

export const processor: WsmanClass = {
  name: "CIM_Processor",
  keys: ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"],
  instances: () => [{
    CPUStatus: 1,
    CreationClassName: "CIM_Processor",
    CurrentClockSpeed: 2200,
    DeviceID: "CPU 0",
    ElementName: "Managed System CPU",
    EnabledState: 2,
    ExternalBusClockSpeed: 100,
    Family: 198,
    HealthState: 0,
    MaxClockSpeed: 4800,
    OperationalStatus: 0,
    OtherFamilyDescription: "",
    RequestedState: 12,
    Role: "Central",
    Stepping: 3,
    SystemCreationClassName: "CIM_ComputerSystem",
    SystemName: "ManagedSystem",
    UpgradeMethod: 1,
  }],
};

export const chip: WsmanClass = {
  name: "CIM_Chip",
  keys: ["CreationClassName", "Tag"],
  instances: ({ major }) => [{
    CanBeFRUed: true,
    CreationClassName: "CIM_Chip",
    ElementName: "Managed System Processor Chip",
    Manufacturer: "Simulated Silicon",
    OperationalStatus: 0,
    Tag: "CPU 0",
    Version: brand(major),
  }],
};
