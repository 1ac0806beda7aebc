import type { EventLog } from "../../event_log.ts";

/** Settings that the next boot may take, and their values when nobody set them. */
const bootDefaults = {
  BIOSPause: false,
  BIOSSetup: false,
  BootMediaIndex: 0,
  ConfigurationDataReset: false,
  EnforceSecureBoot: false,
  FirmwareVerbosity: 0,
  ForcedProgressEvents: false,
  IDERBootDevice: 0,
  LockKeyboard: false,
  LockPowerButton: false,
  LockResetButton: false,
  LockSleepButton: false,
  PlatformErase: false,
  ReflashBIOS: false,
  SecureErase: false,
  UefiBootNumberOfParams: 0,
  UefiBootParametersArray: "",
  UseIDER: false,
  UseSOL: false,
  UseSafeMode: false,
  UserPasswordBypass: false,
} as const;

export type BootSettings = { readonly [name in keyof typeof bootDefaults]: boolean | number | string };

/** A boot that took what was set. */
export interface Boot {
  readonly settings: BootSettings;
  /** Which source it was forced to, if it was. */
  readonly source: string | undefined;
}

/** What SetBootConfigRole says of the configuration: used at each boot, at the next one, by default. */
export const bootRoles = { isNext: 0, isNextSingleUse: 1, isDefault: 2 } as const;

/** "Starting operating system boot process", with the fields of a recorded entry of boot progress (facts of consoles). */
const progress = {
  deviceAddress: 0xff,
  sensorType: 15,
  eventType: 0x6f,
  offset: 2,
  sourceType: 0x68,
  severity: 1,
  sensorNumber: 0xff,
  entity: 34,
  entityInstance: 0,
  data: Uint8Array.of(0x40, 19, 0, 0, 0, 0, 0, 0),
};

/** What AMT asks of the next boot. It is forgotten when a boot has used it. */
export class BootControl {
  settings: BootSettings = bootDefaults;
  source: string | undefined;
  role: number | undefined;
  /** What the last boot used was forgotten; false since something was set. */
  areOptionsCleared = true;
  /** CIM_BootService.EnabledState: 32768 and bits for one-click recovery and remote erase. */
  enabledState = 32768;
  readonly #eventLog: EventLog;
  readonly #boots: Boot[] = [];

  constructor(eventLog: EventLog) {
    this.#eventLog = eventLog;
  }

  /** The boots so far, the oldest first. */
  get boots(): readonly Boot[] {
    return [...this.#boots];
  }

  set(settings: BootSettings): void {
    this.settings = settings;
    this.areOptionsCleared = false;
  }

  /** The machine boots. */
  start(): void {
    this.#eventLog.write(progress);
    if (this.role === undefined) {
      this.#boots.push({ settings: bootDefaults, source: undefined });
      return;
    }
    this.#boots.push({ settings: this.settings, source: this.source });
    if (this.role !== bootRoles.isNextSingleUse) return;
    this.settings = bootDefaults;
    this.source = undefined;
    this.role = undefined;
    this.areOptionsCleared = true;
  }
}
