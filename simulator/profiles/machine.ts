import type { HostInterface } from "../../ffi/host.ts";
import type { CodeVersions, ControlMode, ProvisioningState } from "../../protocols/amthi/mod.ts";
import type { Feature, FirmwareVersion, PlatformType } from "../../protocols/mkhi/mod.ts";
import type { AmtFacts } from "../clients/amthi_state.ts";
import { amthi, hotham, mchi, mkhi, mkhiFixed, upid } from "../clients/answering.ts";
import type { MkhiState } from "../clients/mkhi.ts";
import { lme } from "../clients/lme.ts";
import type { UpidState } from "../clients/upid.ts";
import { watchdog, type WatchdogState } from "../clients/watchdog.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import { SimulatedAmt } from "../amt.ts";
import { Lme, type LmeMachine } from "../lme/lme.ts";
import { machineHost } from "./machine_host.ts";
import type { AmtOrigin, FirmwareParts, Profile } from "./profile.ts";

/** What AMT is on a machine where it is enabled. */
export interface MachineAmt {
  /** Value of `Sku` in GetCodeVersions: a bit mask in decimal. */
  readonly sku: string;
  readonly provisioningState: ProvisioningState;
  readonly controlMode: ControlMode;
  readonly watchdog: Omit<WatchdogState, "setUp">;
  /** Bytes of one message to LME. */
  readonly lmeLength: number;
  /** All else that its AMT is and has; called when somebody asks. */
  readonly facts: () => Promise<AmtFacts>;
}

/** What CSME firmware has and the ME before it has not. */
export interface MachineCsme {
  readonly upid: UpidState;
  /** `undefined` where the client that tells the flash log is not offered. */
  readonly flashLog: string | undefined;
}

/** What the operating system is called, and how it is on the network. */
export interface OperatingSystem {
  readonly hostName: string;
  readonly dnsSuffix: string;
  readonly interfaces: readonly HostInterface[];
}

/** The facts of one machine; everything else that a profile shows follows from them. */
export interface Machine extends Pick<Profile, "name" | "description" | "hbmVersion" | "firmwareStatus"> {
  /** PCI device id of the MEI function at 00:16.0. */
  readonly pciDevice: number;
  /** Trace status register, which hardware from Tiger Lake on has. */
  readonly traceStatus: number | undefined;
  readonly bios: string;
  readonly system: OperatingSystem;
  /** Running, recovery and factory version, `major.minor.hotfix.build`. */
  readonly firmware: readonly [string, string, string];
  /** `undefined` where AMT is off or not there: then it has no clients at all. */
  readonly amt: MachineAmt | undefined;
  /** Features that the platform can have, and those of them that are switched on, as MKHI tells them. */
  readonly capable: readonly Feature[];
  readonly enabled: readonly Feature[];
  readonly platform: Pick<PlatformType, "mobile" | "desktop" | "imageType" | "brand">;
  /** `undefined` for the ME before CSME. */
  readonly csme: MachineCsme | undefined;
  /** The firmware's other clients. */
  readonly others: () => FirmwareClient[];
}

/** The profile of a machine. */
export function profileOf(machine: Machine): Profile {
  const { name, description, hbmVersion, firmwareStatus } = machine;
  const clients = (parts?: FirmwareParts) => clientsOf(machine, parts);
  return {
    name,
    description,
    hbmVersion,
    firmwareStatus,
    amt: machine.amt === undefined ? undefined : amtOrigin(machine, machine.amt),
    clients,
    host(uid = 0) {
      const tree = machineHost(machine, clients().map(({ properties }) => properties), uid);
      const { hostName, dnsSuffix, interfaces } = machine.system;
      for (const each of interfaces) tree.networkInterface(each);
      return tree
        .file("/proc/sys/kernel/hostname", `${hostName}\n`)
        .file("/etc/resolv.conf", `search ${dnsSuffix}\nnameserver 192.0.2.2\n`);
    },
  };
}

/** A version of the firmware as MKHI tells it. */
export function parseVersion(text: string): FirmwareVersion {
  const [major, minor, hotfix, build] = text.split(".").map(Number);
  return { major: major!, minor: minor!, hotfix: hotfix!, build: build!, platform: 0 };
}

/** Dynamic addresses are given in this order. Fixed clients came with host bus messages 2.0. */
function clientsOf(machine: Machine, parts: FirmwareParts | undefined): FirmwareClient[] {
  const state = mkhiState(machine);
  return [
    mkhi(state),
    ...(machine.amt === undefined ? [] : amtClients(machine, machine.amt, parts)),
    ...machine.others(),
    ...(machine.csme === undefined ? [] : answeringCsmeClients(machine.csme)),
    ...(machine.hbmVersion.major >= 2 ? [mkhiFixed(state)] : []),
  ];
}

/** Firmware as sold, on hardware of which the platform type says no more. */
const production = {
  server: 0,
  workstation: 0,
  unknown: 0,
  validation: 0,
  superSku: 0,
  productionSigned: 1,
  cpu: 0,
  chipset: 0,
  cpuBrand: 0,
  networkFuses: 0,
  unknown2: 0,
} as const;

function mkhiState({ firmware, capable, enabled, platform, csme }: Machine): MkhiState {
  return {
    versions: firmware.map(parseVersion),
    capable,
    enabled,
    platform: { ...production, ...platform },
    isCsme: csme !== undefined,
  };
}

function answeringCsmeClients({ upid: state, flashLog }: MachineCsme): FirmwareClient[] {
  return [mchi(), upid(state), ...(flashLog === undefined ? [] : [hotham(flashLog)])];
}

function amtOrigin(machine: Machine, amt: MachineAmt): AmtOrigin {
  const { provisioningState, controlMode } = amt;
  return {
    version: machine.firmware[0],
    isTlsOnly: amt.watchdog.tlsEnforcedLocally === true,
    isMobile: machine.platform.mobile === 1,
    hostName: machine.system.hostName,
    createState: async () => ({
      ...await amt.facts(),
      codeVersions: codeVersions(machine, amt),
      provisioningState,
      controlMode,
    }),
  };
}

function amtClients(machine: Machine, amt: MachineAmt, parts: FirmwareParts | undefined): FirmwareClient[] {
  const firmware = parts?.amt ?? new SimulatedAmt(amtOrigin(machine, amt));
  return [
    amthi(() => firmware.state()),
    lme(lmeMachine(amt, firmware), parts?.lme ?? new Lme()),
    watchdog({ ...amt.watchdog, setUp: amt.provisioningState !== "pre" }, parts?.watchdog),
  ];
}

/** With TLS enforced the plain ports are not forwarded. */
function lmeMachine(amt: MachineAmt, firmware: SimulatedAmt): LmeMachine {
  return {
    maxMessageLength: amt.lmeLength,
    forwards: amt.watchdog.tlsEnforcedLocally ? [16993, 664] : [16992, 623],
    async facts() {
      const { uuid, fqdn } = await firmware.state();
      return { uuid, hostName: fqdn.fqdn, services: firmware.services };
    },
  };
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
