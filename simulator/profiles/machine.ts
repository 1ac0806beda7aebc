import type { CodeVersions, ControlMode, ProvisioningState } from "../../protocols/amthi/mod.ts";
import type { FirmwareVersion } from "../../protocols/mkhi/mod.ts";
import { amthi } from "../clients/amthi.ts";
import { mkhi, mkhiFixed } from "../clients/mkhi.ts";
import { lme } from "../clients/quiet.ts";
import { watchdog } from "../clients/watchdog.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import { machineHost } from "./machine_host.ts";
import type { Profile } from "./profile.ts";

/** What AMT is on a machine where it is enabled. */
export interface MachineAmt {
  /** Value of `Sku` in GetCodeVersions: a bit mask in decimal. */
  readonly sku: string;
  readonly provisioningState: ProvisioningState;
  readonly controlMode: ControlMode;
  readonly watchdogVersion: 1 | 2;
  /** Bytes of one message to LME. */
  readonly lmeLength: number;
}

/** The facts of one machine; everything else that a profile shows follows from them. */
export interface Machine extends Pick<Profile, "name" | "description" | "hbmVersion" | "firmwareStatus"> {
  /** PCI device id of the MEI function at 00:16.0. */
  readonly pciDevice: number;
  /** Trace status register, which hardware from Tiger Lake on has. */
  readonly traceStatus: number | undefined;
  readonly bios: string;
  /** Running, recovery and factory version, `major.minor.hotfix.build`. */
  readonly firmware: readonly [string, string, string];
  /** `undefined` where AMT is off or not there: then it has no clients at all. */
  readonly amt: MachineAmt | undefined;
  /** The firmware's other clients. */
  readonly others: () => FirmwareClient[];
}

/** The profile of a machine. */
export function profileOf(machine: Machine): Profile {
  const { name, description, hbmVersion, firmwareStatus } = machine;
  const clients = () => clientsOf(machine);
  return {
    name,
    description,
    hbmVersion,
    firmwareStatus,
    clients,
    host: (uid = 0) => machineHost(machine, clients().map(({ properties }) => properties), uid),
  };
}

/** A version of the firmware as MKHI tells it. */
export function parseVersion(text: string): FirmwareVersion {
  const [major, minor, hotfix, build] = text.split(".").map(Number);
  return { major: major!, minor: minor!, hotfix: hotfix!, build: build!, platform: 0 };
}

/** Dynamic addresses are given in this order. Fixed clients came with host bus messages 2.0. */
function clientsOf(machine: Machine): FirmwareClient[] {
  const versions = machine.firmware.map(parseVersion);
  return [
    mkhi(versions),
    ...(machine.amt === undefined ? [] : amtClients(machine, machine.amt)),
    ...machine.others(),
    ...(machine.hbmVersion.major >= 2 ? [mkhiFixed(versions)] : []),
  ];
}

function amtClients(machine: Machine, amt: MachineAmt): FirmwareClient[] {
  const { provisioningState, controlMode } = amt;
  return [
    amthi({ codeVersions: codeVersions(machine, amt), provisioningState, controlMode }),
    lme(amt.lmeLength),
    watchdog(amt.watchdogVersion),
  ];
}

/** The ten entries that firmware 11.8.93 gives, in its order (fwupd's capture). */
function codeVersions({ bios, firmware: [running, recovery] }: Machine, { sku }: MachineAmt): CodeVersions {
  const [version, build] = versionAndBuild(running);
  const [recoveryVersion, recoveryBuild] = versionAndBuild(recovery);
  const versions = Object.entries({
    Flash: version,
    Netstack: version,
    AMTApps: version,
    AMT: version,
    Sku: sku,
    VendorID: "8086",
    "Build Number": build,
    "Recovery Version": recoveryVersion,
    "Recovery Build Num": recoveryBuild,
    "Legacy Mode": "False",
  });
  return { bios, versions: versions.map(([name, version]) => ({ name, version })) };
}

function versionAndBuild(text: string): [string, string] {
  const dot = text.lastIndexOf(".");
  return [text.slice(0, dot), text.slice(dot + 1)];
}
