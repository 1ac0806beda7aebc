import { AmtError } from "../../core/errors/mod.ts";
import { commonClients, csmeClients } from "../clients/quiet.ts";
import { type Machine, type MachineAmt, profileOf } from "./machine.ts";
import { type Profile, type ProfileName, profileNames } from "./profile.ts";

export { type Profile, type ProfileName, profileNames };

/** Profiles that share a machine have its registers and versions; registers of corporate firmware have SKU 3 in HFSTS3. */
const amt16Machine = {
  hbmVersion: { major: 2, minor: 2 },
  firmwareStatus: [0x9000_0245, 0x00f1_0506, 0x0000_0030, 0x0000_4400, 0, 0x4020_0002],
  traceStatus: 0,
  pciDevice: 0x51e0,
  bios: "SIMU16WW (1.25 )",
  firmware: ["16.1.25.2049", "16.1.25.2049", "16.1.25.2035"],
  others: csmeClients,
} as const satisfies Partial<Machine>;

/** `Sku` 16392 is AMT Pro, corporate; 8200 the same of AMT 9, with anti-theft (Matthew Garrett's mei-amt-check). */
const amt16: MachineAmt = {
  sku: "16392",
  provisioningState: "post",
  controlMode: "client",
  watchdogVersion: 2,
  lmeLength: 8192,
};

const machines: readonly Machine[] = [
  { ...amt16Machine, name: "activated", description: "AMT 16.1, activated in client control mode", amt: amt16 },
  {
    ...amt16Machine,
    name: "unprovisioned",
    description: "AMT 16.1, enabled and not set up",
    amt: { ...amt16, provisioningState: "pre", controlMode: "none" },
  },
  {
    ...amt16Machine,
    name: "acm",
    description: "AMT 16.1, activated in admin control mode",
    amt: { ...amt16, controlMode: "admin" },
  },
  { ...amt16Machine, name: "disabled", description: "AMT 16.1, switched off in the firmware setup", amt: undefined },
  {
    // Registers, versions and PCI function of a Raptor Lake machine in fwupd's plugins/intel-me-pci/tests.
    name: "no-amt",
    description: "consumer firmware 16.1, without AMT",
    hbmVersion: { major: 2, minor: 2 },
    firmwareStatus: [0x9000_0245, 0x00f1_0506, 0x0000_0020, 0x0000_4400, 0, 0x4020_0002],
    traceStatus: 0,
    pciDevice: 0x7a68,
    bios: "SIMU16CW (1.32 )",
    firmware: ["16.1.32.2473", "16.1.32.2473", "16.1.25.2035"],
    others: csmeClients,
    amt: undefined,
  },
  {
    name: "legacy",
    description: "AMT 9.5 with host bus messages 1.1, activated in client control mode",
    hbmVersion: { major: 1, minor: 1 },
    firmwareStatus: [0x1e00_0245, 0x6000_0106, 0x0000_0000, 0x0000_0000, 0, 0],
    traceStatus: undefined,
    pciDevice: 0x9c3a,
    bios: "SIMU09WW (2.30 )",
    firmware: ["9.5.40.1892", "9.5.40.1892", "9.5.10.1628"],
    others: commonClients,
    amt: { sku: "8200", provisioningState: "post", controlMode: "client", watchdogVersion: 1, lmeLength: 4104 },
  },
  {
    // HFSTS1 as fwupd's own test data has it for boards of ME 18 and later.
    name: "tls-only",
    description: "AMT 19, activated in client control mode, local ports with TLS only",
    hbmVersion: { major: 2, minor: 2 },
    firmwareStatus: [0xa400_0255, 0x00f1_0506, 0x0000_0030, 0x0000_0000, 0, 0x4020_0002],
    traceStatus: 0,
    pciDevice: 0x7f68,
    bios: "SIMU19WW (1.04 )",
    firmware: ["19.0.5.1948", "19.0.5.1948", "19.0.0.1827"],
    others: csmeClients,
    amt: amt16,
  },
];

/** A profile by its name; `usage` names those there are. */
export function profile(name: string): Profile {
  const machine = machines.find((each) => each.name === name);
  if (machine === undefined) {
    throw new AmtError("usage", `simulator profile "${name}" is unknown`, {
      hint: `The profiles are ${profileNames.join(", ")}`,
      details: { profile: name, profiles: profileNames },
    });
  }
  return profileOf(machine);
}
