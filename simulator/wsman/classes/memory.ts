import type { WsmanClass } from "../class.ts";
import type { Fields } from "../value.ts";
import { serial } from "./hardware.ts";

const GIB = 2 ** 30;

/** CIM_PhysicalMemory: two modules. `Speed` is 0 and `MaxMemorySpeed` counts, as in recorded answers. */
export const physicalMemory: WsmanClass = {
  name: "CIM_PhysicalMemory",
  keys: ["CreationClassName", "Tag"],
  instances: (machine) =>
    [0, 1].map((slot): Fields => ({
      BankLabel: `BANK ${2 * slot}`,
      Capacity: 16 * GIB,
      ConfiguredMemoryClockSpeed: 3200,
      CreationClassName: "CIM_PhysicalMemory",
      ElementName: "Managed System Memory Chip",
      FormFactor: 13,
      IsSpeedInMhz: true,
      Manufacturer: "Simulated Memory",
      MaxMemorySpeed: 3200,
      MemoryType: 26,
      // Padded with blanks, as modules say it.
      PartNumber: "SIM16G3200        ",
      SerialNumber: serial(machine, `M${slot}`),
      Speed: 0,
      Tag: slot === 0 ? "9876543210" : `9876543210 (#${slot})`,
    })),
};
