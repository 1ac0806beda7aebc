import type { WsmanClass } from "../class.ts";
import { WsmanFault } from "../fault.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import type { BootSettings } from "../state/boot.ts";
import type { Fields } from "../value.ts";

/** What came with one-click recovery and what surrounds it; the release is a guess. */
const RECOVERY = 16;

const required = [
  "UseSOL",
  "UseSafeMode",
  "ReflashBIOS",
  "BIOSSetup",
  "BIOSPause",
  "LockPowerButton",
  "LockResetButton",
  "LockKeyboard",
  "LockSleepButton",
  "UserPasswordBypass",
  "ForcedProgressEvents",
  "FirmwareVerbosity",
  "ConfigurationDataReset",
  "IDERBootDevice",
  "UseIDER",
  "BootMediaIndex",
  "SecureErase",
];

const readOnly = [
  "OptionsCleared",
  "BIOSLastStatus",
  "WinREBootEnabled",
  "UEFILocalPBABootEnabled",
  "UEFIHTTPSBootEnabled",
  "SecureBootControlEnabled",
  "RPEEnabled",
  "BootguardStatus",
];

/** AMT_BootSettingData: what the next boot is to do. Which fields are required and refused is in Intel's MOF text. */
export const bootSettingData: WsmanClass = {
  name: "AMT_BootSettingData",
  keys: ["InstanceID"],
  instances: (machine) => [fields(machine)],
  put: { refuses: readOnly, requires: required, unseen: ["UefiBootParametersArray"], apply },
};

function fields({ boot, major }: AmtMachine): Fields {
  const { EnforceSecureBoot, PlatformErase, UefiBootNumberOfParams, UefiBootParametersArray: _, ...others } =
    boot.settings;
  const common = {
    ...others,
    BIOSLastStatus: [0, 0],
    ElementName: "Intel(r) AMT Boot Configuration Settings",
    InstanceID: "Intel(r) AMT:BootSettingData 0",
    OptionsCleared: boot.areOptionsCleared,
    OwningEntity: "Intel(r) AMT",
  };
  return major < RECOVERY ? common : {
    ...common,
    BootguardStatus: 127,
    EnforceSecureBoot,
    PlatformErase,
    RPEEnabled: true,
    RSEPassword: "",
    SecureBootControlEnabled: true,
    UEFIHTTPSBootEnabled: true,
    UEFILocalPBABootEnabled: true,
    UefiBootNumberOfParams,
    WinREBootEnabled: true,
  };
}

function apply({ boot, state, major }: AmtMachine, sent: Incoming): void {
  const settings = Object.fromEntries(
    Object.entries(boot.settings).map(([name, now]) => {
      if (typeof now === "boolean") return [name, sent.flag(name, now)];
      return [name, typeof now === "number" ? sent.number(name, now) : sent.text(name, now)];
    }),
  ) as BootSettings;
  if (settings.ConfigurationDataReset) throw new WsmanFault("InvalidRepresentation");
  const skipsSecureBoot = sent.has("EnforceSecureBoot") && !settings.EnforceSecureBoot &&
    boot.settings.EnforceSecureBoot !== settings.EnforceSecureBoot;
  if (major >= RECOVERY && skipsSecureBoot && state.controlMode === "client") throw new WsmanFault("AccessDenied");
  boot.set(settings);
}

/** AMT_BootCapabilities: what the BIOS can do of it. */
export const bootCapabilities: WsmanClass = {
  name: "AMT_BootCapabilities",
  keys: ["InstanceID"],
  instances: ({ major }) => [{
    BIOSPause: false,
    BIOSReflash: false,
    BIOSSecureBoot: true,
    BIOSSetup: true,
    ConfigurationDataReset: false,
    ElementName: "Intel(r) AMT: Boot Capabilities",
    ForceCDorDVDBoot: true,
    ForceDiagnosticBoot: false,
    ForceHardDriveBoot: true,
    ForceHardDriveSafeModeBoot: false,
    ForcePXEBoot: true,
    ForcedProgressEvents: true,
    IDER: true,
    InstanceID: "Intel(r) AMT:BootCapabilities 0",
    KeyboardLock: true,
    PowerButtonLock: false,
    ResetButtonLock: false,
    SOL: true,
    SecureErase: false,
    SleepButtonLock: false,
    UserPasswordBypass: true,
    VerbosityQuiet: false,
    VerbosityScreenBlank: false,
    VerbosityVerbose: false,
    ...(major < RECOVERY ? {} : {
      AMTSecureBootControl: true,
      ForceUEFIHTTPSBoot: true,
      ForceUEFILocalPBABoot: true,
      ForceWinREBoot: true,
      // Secure erase of disks and clearing of the TPM.
      PlatformErase: (1 << 2) + (1 << 6),
    }),
  }],
};
