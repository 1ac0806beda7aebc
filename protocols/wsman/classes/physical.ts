import { dependency, dependencyKeys, managedElement, managedSystemElement, scopedKeys, service } from "./base.ts";
import { bool, datetime, type Fields, list, octets, sint16, text, uint16, uint32, uint64 } from "./declare.ts";
import { wsmanClass } from "./declare.ts";

const physicalElement: Fields = {
  ...managedSystemElement,
  Tag: text,
  CreationClassName: text,
  Manufacturer: text,
  Model: text,
  SKU: text,
  SerialNumber: text,
  Version: text,
  PartNumber: text,
  OtherIdentifyingInfo: text,
  PoweredOn: bool,
  ManufactureDate: datetime,
  VendorEquipmentType: text,
  UserTracking: text,
  CanBeFRUed: bool,
};

const movable: Fields = { RemovalConditions: uint16, Removable: bool, Replaceable: bool, HotSwappable: bool };

const physicalPackage: Fields = {
  ...physicalElement,
  ...movable,
  PackageType: uint16,
  OtherPackageType: text,
  VendorCompatibilityStrings: list(text),
  // Numbers with a fraction stay text.
  Height: text,
  Depth: text,
  Width: text,
  Weight: text,
};

const chip: Fields = { ...physicalElement, ...movable, FormFactor: uint16 };

const keys = ["CreationClassName", "Tag"];

/** What the machine is made of, as its BIOS told at the last start. */
export const classes = [
  wsmanClass("CIM_Chassis", {
    keys,
    fields: {
      ...physicalPackage,
      CableManagementStrategy: text,
      ServicePhilosophy: list(uint16),
      ServiceDescriptions: list(text),
      LockPresent: bool,
      AudibleAlarm: bool,
      VisibleAlarm: bool,
      SecurityBreach: uint16,
      BreachDescription: text,
      IsLocked: bool,
      ChassisPackageType: uint16,
      ChassisTypeDescription: text,
      NumberOfPowerCords: uint16,
      CurrentRequiredOrProduced: sint16,
      HeatGeneration: uint16,
      ChassisTypes: list(uint16),
      TypeDescriptions: list(text),
      MultipleSystemSupport: uint16,
      RackMountable: uint16,
    },
    single: true,
  }),
  wsmanClass("CIM_Card", {
    keys,
    fields: {
      ...physicalPackage,
      HostingBoard: bool,
      SlotLayout: text,
      RequiresDaughterBoard: bool,
      SpecialRequirements: bool,
      RequirementsDescription: text,
      OperatingVoltages: list(sint16),
    },
    single: true,
  }),
  wsmanClass("CIM_PhysicalPackage", { keys, fields: physicalPackage }),
  wsmanClass("CIM_Chip", { keys, fields: chip }),
  wsmanClass("CIM_PhysicalMemory", {
    keys,
    fields: {
      ...chip,
      MemoryType: uint16,
      TotalWidth: uint16,
      DataWidth: uint16,
      Speed: uint32,
      Capacity: uint64,
      BankLabel: text,
      PositionInRow: uint32,
      InterleavePosition: uint32,
      ConfiguredMemoryClockSpeed: uint32,
      IsSpeedInMhz: bool,
      MaxMemorySpeed: uint32,
    },
  }),
  wsmanClass("CIM_SystemPackaging", { keys: dependencyKeys, fields: dependency }),
  wsmanClass("CIM_ComputerSystemPackage", {
    keys: dependencyKeys,
    fields: { ...dependency, PlatformGUID: text },
    single: true,
  }),
  wsmanClass("AMT_AssetTableService", {
    keys: scopedKeys,
    fields: { ...service, TableTypes: list(text) },
    methods: { RequestMediaDeviceTableUpdate: { input: { FullUpdate: bool, Sticky: bool } } },
    single: true,
  }),
  wsmanClass("AMT_AssetTable", {
    keys: ["InstanceID", "TableType"],
    fields: { ...managedElement, TableType: uint32, InstanceID: text, TableTypeInfo: text, TableData: octets },
  }),
];
