import type { AmtTime } from "../../amt_time.ts";
import type { AmtState } from "../../clients/amthi_state.ts";
import type { BootControl } from "./boot.ts";

/** The PowerState of CIM_AssociatedPowerManagementService, and what can be asked for. */
const powerStates = {
  on: 2,
  sleepLight: 3,
  sleepDeep: 4,
  cycleSoft: 5,
  hibernate: 7,
  offSoft: 8,
  reset: 10,
  diagnosticInterrupt: 11,
  offGraceful: 12,
  resetGraceful: 14,
} as const;

const INVALID_TRANSITION = 4097;
const INVALID_PARAMETER = 5;
const HIGHEST = 17;
const { on, sleepLight, sleepDeep, cycleSoft, hibernate, offSoft } = powerStates;
const { reset, diagnosticInterrupt, offGraceful, resetGraceful } = powerStates;

/** When it is on, those that are recorded, in their order; what is possible otherwise is not recorded. */
const fromOn = [reset, offSoft, cycleSoft, diagnosticInterrupt, sleepDeep, hibernate, resetGraceful, offGraceful];
const fromSleep = [on, reset, offSoft, cycleSoft];
const fromOff = [on];

/** What the host does itself, when a program of its own is told by AMT, and where that leads. */
const byAgent = new Map<number, number>([
  [sleepDeep, sleepDeep],
  [hibernate, hibernate],
  [offGraceful, offSoft],
  [resetGraceful, on],
]);

export interface PowerParts {
  readonly state: AmtState;
  readonly time: AmtTime;
  readonly boot: BootControl;
  readonly hostAgent: boolean;
}

/** Whether the machine runs, and what changes that. */
export class Power {
  readonly #parts: PowerParts;
  #current: number = on;
  #requested: number = on;
  #before: number = on;
  /** IPS_PowerManagementService.OSPowerSavingState: 2 full power, 3 saving. */
  osSaving: number = 2;

  constructor(parts: PowerParts) {
    this.#parts = parts;
  }

  get current(): number {
    return this.#current;
  }

  get requested(): number {
    return this.#requested;
  }

  /** As IPS_HostBootReason tells it: 0 on, 3 to 5 for S3 to S5. */
  get previousSleepState(): number {
    const names = new Map<number, number>([[sleepLight, 3], [sleepDeep, 3], [hibernate, 4], [offSoft, 5]]);
    return names.get(this.#before) ?? 0;
  }

  get isOn(): boolean {
    return this.#current === on;
  }

  /** What can be asked for now. */
  get available(): readonly number[] {
    if (this.isOn) return fromOn;
    return this.#current === sleepDeep || this.#current === sleepLight ? fromSleep : fromOff;
  }

  /** A ReturnValue of RequestPowerStateChange. */
  request(wanted: number): number {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > HIGHEST) return INVALID_PARAMETER;
    if (!this.available.includes(wanted)) return INVALID_TRANSITION;
    this.#requested = wanted;
    const led = byAgent.get(wanted);
    // Without a program that listens nothing happens, and AMT says done.
    if (led !== undefined && !this.#parts.hostAgent) return 0;
    const next = led ?? (wanted === offSoft ? offSoft : on);
    this.#before = this.#current;
    this.#current = next;
    const wakes = this.#before === sleepDeep && wanted === on;
    if (next === on && wanted !== diagnosticInterrupt && !wakes) this.#boot();
    return 0;
  }

  #boot(): void {
    const { state, time, boot } = this.#parts;
    state.lastHostReset = { reason: "remoteControl", timestamp: Math.floor(time.now() / 1000) };
    boot.start();
  }
}
