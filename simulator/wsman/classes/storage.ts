import type { WsmanClass } from "../class.ts";
import { serial } from "./hardware.ts";

/** CIM_MediaAccessDevice: a disk of 512 GB; its size is in units of 1000 bytes. */
export const mediaAccessDevice: WsmanClass = {
  name: "CIM_MediaAccessDevice",
  keys: ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"],
  instances: () => [{
    Capabilities: [4, 10],
    CreationClassName: "CIM_MediaAccessDevice",
    DeviceID: "MEDIA DEV 0",
    ElementName: "Managed System Media Access Device",
    EnabledDefault: 2,
    EnabledState: 0,
    MaxMediaSize: 512_110_190,
    OperationalStatus: 0,
    RequestedState: 12,
    Security: 2,
    SystemCreationClassName: "CIM_ComputerSystem",
    SystemName: "ManagedSystem",
  }],
};

/** CIM_PhysicalPackage: the disk's package, among the board and the chassis, which are packages too (MPS's manual). */
export const physicalPackage: WsmanClass = {
  name: "CIM_PhysicalPackage",
  keys: ["CreationClassName", "Tag"],
  includes: ["CIM_Card", "CIM_PhysicalPackage", "CIM_Chassis"],
  instances: (machine) => [{
    CreationClassName: "CIM_PhysicalPackage",
    ElementName: "Managed System Storage Media Package",
    Model: "Simulated NVMe 512GB                    ",
    OperationalStatus: 0,
    PackageType: 15,
    SerialNumber: serial(machine, "SSD"),
    Tag: "Storage Media Package 0",
  }],
};
