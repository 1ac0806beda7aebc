import { encode, toHex } from "../../../core/binary/mod.ts";
import { guidLe } from "../../../core/guid.ts";
import { managedSystem, type WsmanClass } from "../class.ts";
import type { AmtMachine } from "../machine.ts";
import type { Fields, Reference } from "../value.ts";

const chassisReference: Reference = {
  className: "CIM_Chassis",
  selectors: { CreationClassName: "CIM_Chassis", Tag: "CIM_Chassis" },
};

/** A serial number that differs between machines: their host names do. */
export function serial(machine: AmtMachine, prefix: string): string {
  return `${prefix}-${machine.origin.hostName.toUpperCase()}`;
}

/** CIM_ComputerSystemPackage: which machine it is. PlatformGUID is the UUID of AMTHI, its bytes in hex. */
export const computerSystemPackage: WsmanClass = {
  name: "CIM_ComputerSystemPackage",
  keys: ["Antecedent", "Dependent"],
  instances: ({ state }) => [{
    Antecedent: chassisReference,
    Dependent: managedSystem,
    PlatformGUID: toHex(encode(guidLe, state.uuid)).toUpperCase(),
  }],
};

/** CIM_SystemPackaging: an abstract class, told by its subclass. */
export const systemPackaging: WsmanClass = {
  name: "CIM_SystemPackaging",
  keys: ["Antecedent", "Dependent"],
  includes: ["CIM_ComputerSystemPackage"],
  instances: () => [],
};

export const chassis: WsmanClass = {
  name: "CIM_Chassis",
  keys: ["CreationClassName", "Tag"],
  instances: (machine) => [{
    ChassisPackageType: 0,
    CreationClassName: "CIM_Chassis",
    ElementName: "Managed System Chassis",
    Manufacturer: "Simulated Systems",
    Model: machine.origin.isMobile ? `SimBook ${machine.major}` : `SimDesk ${machine.major}`,
    OperationalStatus: 0,
    PackageType: 3,
    SerialNumber: serial(machine, "CH"),
    Tag: "CIM_Chassis",
    Version: "A01",
  }],
};

export const card: WsmanClass = {
  name: "CIM_Card",
  keys: ["CreationClassName", "Tag"],
  instances: (machine) => [{
    CanBeFRUed: true,
    CreationClassName: "CIM_Card",
    ElementName: "Managed System Base Board",
    Manufacturer: "Simulated Systems",
    Model: `SIMBOARD${machine.major}`,
    OperationalStatus: 0,
    PackageType: 9,
    SerialNumber: serial(machine, "BB"),
    Tag: "CIM_Card",
    Version: "B02",
  }],
};

/** CIM_ComputerSystem: the host, and AMT itself. */
export const computerSystem: WsmanClass = {
  name: "CIM_ComputerSystem",
  keys: ["CreationClassName", "Name"],
  instances: () => [system("ManagedSystem", "Managed System", 0), system("Intel(r) AMT", "Intel(r) AMT", 14)],
};

function system(Name: string, ElementName: string, Dedicated: number): Fields {
  return { CreationClassName: "CIM_ComputerSystem", Dedicated, ElementName, EnabledState: 5, Name, RequestedState: 12 };
}
