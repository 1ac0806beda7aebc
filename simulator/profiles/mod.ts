import { AmtError } from "../../core/errors/mod.ts";
import { commonClients, csmeClients } from "../clients/quiet.ts";
import { type Machine, type MachineAmt, type OperatingSystem, profileOf } from "./machine.ts";
import { type Profile, type ProfileName, profileNames } from "./profile.ts";

export { type Profile, type ProfileName, profileNames };

const amtFeatures = ["AMT", "PSR", "CLS", "PAVP", "IPv6", "KVM", "MEDAL", "TLS"] as const;
/** The named ones of the consumer firmware 11.8.50 whose dump is a test vector of MKHI. */
const consumerFeatures = ["CLS", "PAVP", "MEDAL"] as const;

/** Image type 4 is corporate, 3 consumer; brand 1 is AMT, 0 none. */
const corporateMobile = { mobile: 1, desktop: 0, imageType: 4, brand: 1 } as const;

/** An operating system with one interface. */
function system(hostName: string, name: string, macAddress: string, address: string): OperatingSystem {
  return { hostName, dnsSuffix: "example.com", interfaces: [{ name, macAddress, addresses: [address] }] };
}

/** Parts of platform ids, made up: 32 bytes that count up, and a text. */
const counted = (first: number) => Uint8Array.from({ length: 32 }, (_, i) => first + i);
const lettered = (text: string) => Uint8Array.from({ length: 32 }, (_, i) => i < text.length ? text.charCodeAt(i) : 0);

/** Profiles that share a machine have its registers and versions; registers of corporate firmware have SKU 3 in HFSTS3. */
const amt16Machine = {
  hbmVersion: { major: 2, minor: 2 },
  firmwareStatus: [0x9000_0245, 0x00f1_0506, 0x0000_0030, 0x0000_4400, 0, 0x4020_0002],
  traceStatus: 0,
  pciDevice: 0x51e0,
  bios: "SIMU16WW (1.25 )",
  firmware: ["16.1.25.2049", "16.1.25.2049", "16.1.25.2035"],
  capable: amtFeatures,
  enabled: amtFeatures,
  platform: corporateMobile,
  csme: {
    upid: { enabled: true, osControl: true, id: { type: "binary", oemId: counted(0xa0), csmeId: counted(0x40) } },
    flashLog: undefined,
  },
  others: csmeClients,
} as const satisfies Partial<Machine>;

/** `Sku` 16392 is AMT Pro, corporate; 8200 the same of AMT 9, with anti-theft (Matthew Garrett's mei-amt-check). */
const amt16: MachineAmt = {
  sku: "16392",
  provisioningState: "post",
  controlMode: "client",
  watchdog: { version: 2, newInterface: true, changeAllowed: true, enabled: true, tlsEnforcedLocally: false },
  lmeLength: 8192,
  facts: async () => (await import("./amt_facts.ts")).activated(),
};

const machines: readonly Machine[] = [
  {
    ...amt16Machine,
    name: "activated",
    description: "AMT 16.1, activated in client control mode",
    system: system("laptop1", "enp0s31f6", "00:00:5e:00:53:01", "192.0.2.10"),
    amt: amt16,
  },
  {
    ...amt16Machine,
    name: "unprovisioned",
    description: "AMT 16.1, enabled and not set up",
    system: system("laptop2", "enp0s31f6", "00:00:5e:00:53:11", "192.0.2.20"),
    amt: {
      ...amt16,
      provisioningState: "pre",
      controlMode: "none",
      facts: async () => (await import("./amt_facts.ts")).unprovisioned(),
    },
  },
  {
    ...amt16Machine,
    name: "acm",
    description: "AMT 16.1, activated in admin control mode",
    system: system("laptop3", "enp0s31f6", "00:00:5e:00:53:21", "192.0.2.31"),
    amt: { ...amt16, controlMode: "admin", facts: async () => (await import("./amt_facts.ts")).acm() },
  },
  {
    ...amt16Machine,
    name: "disabled",
    description: "AMT 16.1, switched off in the firmware setup",
    system: system("laptop4", "enp0s31f6", "00:00:5e:00:53:31", "192.0.2.40"),
    enabled: ["PSR", "CLS", "PAVP", "MEDAL", "TLS"],
    amt: undefined,
  },
  {
    // Registers, versions and PCI function of a Raptor Lake machine in fwupd's plugins/intel-me-pci/tests.
    name: "no-amt",
    description: "consumer firmware 16.1, without AMT",
    system: system("desk7", "enp0s31f6", "00:00:5e:00:53:61", "192.0.2.70"),
    hbmVersion: { major: 2, minor: 2 },
    firmwareStatus: [0x9000_0245, 0x00f1_0506, 0x0000_0020, 0x0000_4400, 0, 0x4020_0002],
    traceStatus: 0,
    pciDevice: 0x7a68,
    bios: "SIMU16CW (1.32 )",
    firmware: ["16.1.32.2473", "16.1.32.2473", "16.1.25.2035"],
    capable: consumerFeatures,
    enabled: consumerFeatures,
    platform: { mobile: 0, desktop: 1, imageType: 3, brand: 0 },
    csme: {
      upid: { enabled: true, osControl: true, id: { type: "notSet", oemId: lettered(""), csmeId: counted(0x60) } },
      flashLog: undefined,
    },
    others: csmeClients,
    amt: undefined,
  },
  {
    name: "legacy",
    description: "AMT 9.5 with host bus messages 1.1, activated in client control mode",
    system: system("old5", "enp0s31f6", "00:00:5e:00:53:4f", "192.0.2.50"),
    hbmVersion: { major: 1, minor: 1 },
    firmwareStatus: [0x1e00_0245, 0x6000_0106, 0x0000_0000, 0x0000_0000, 0, 0],
    traceStatus: undefined,
    pciDevice: 0x9c3a,
    bios: "SIMU09WW (2.30 )",
    firmware: ["9.5.40.1892", "9.5.40.1892", "9.5.10.1628"],
    capable: ["AMT", "PAVP", "IPv6", "KVM", "TLS"],
    enabled: ["AMT", "PAVP", "IPv6", "KVM", "TLS"],
    platform: corporateMobile,
    csme: undefined,
    others: commonClients,
    amt: {
      sku: "8200",
      provisioningState: "post",
      controlMode: "client",
      watchdog: {
        version: 1,
        newInterface: false,
        changeAllowed: true,
        enabled: undefined,
        tlsEnforcedLocally: undefined,
      },
      lmeLength: 4104,
      facts: async () => (await import("./amt_facts.ts")).legacy(),
    },
  },
  {
    // HFSTS1 as fwupd's own test data has it for boards of ME 18 and later.
    name: "tls-only",
    description: "AMT 19, activated in client control mode, local ports with TLS only",
    system: system("desk6", "wlp0s20f3", "00:00:5e:00:53:52", "192.0.2.61"),
    hbmVersion: { major: 2, minor: 2 },
    firmwareStatus: [0xa400_0255, 0x00f1_0506, 0x0000_0030, 0x0000_0000, 0, 0x4020_0002],
    traceStatus: 0,
    pciDevice: 0x7f68,
    bios: "SIMU19WW (1.04 )",
    firmware: ["19.0.5.1948", "19.0.5.1948", "19.0.0.1827"],
    capable: amtFeatures,
    enabled: amtFeatures,
    platform: { ...corporateMobile, mobile: 0, desktop: 1 },
    csme: {
      upid: {
        enabled: true,
        osControl: false,
        id: { type: "text", oemId: lettered("SIMU19-0042"), csmeId: counted(0x80) },
      },
      flashLog: "SIMU19 flash log 0001 0002 0003\n",
    },
    others: csmeClients,
    amt: {
      ...amt16,
      watchdog: { ...amt16.watchdog, tlsEnforcedLocally: true },
      facts: async () => (await import("./amt_facts.ts")).tlsOnly(),
    },
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
