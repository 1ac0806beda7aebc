import type { Clock } from "../../core/clock.ts";
import type { AmtTime } from "../amt_time.ts";
import type { AmtState } from "../clients/amthi_state.ts";
import type { EventLog } from "../event_log.ts";
import type { AmtOrigin } from "../profiles/profile.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import { Accounts } from "./state/accounts.ts";
import { Alarms } from "./state/alarms.ts";
import { BootControl } from "./state/boot.ts";
import { Certificates } from "./state/certificates.ts";
import { Consent } from "./state/consent.ts";
import { Power } from "./state/power.ts";
import { Settings } from "./state/settings.ts";

/** What is around AMT on its machine. */
export interface AmtMachineOptions {
  readonly clock: Clock;
  readonly time: AmtTime;
  readonly eventLog: EventLog;
  readonly hostAgent: boolean;
  readonly identity: () => Promise<TlsIdentity>;
}

/** All that WS-Management tells and changes on one machine. */
export class AmtMachine implements Disposable {
  readonly origin: AmtOrigin;
  /** What AMTHI has too. */
  readonly state: AmtState;
  readonly time: AmtTime;
  readonly eventLog: EventLog;
  /** The first number of the firmware's version. */
  readonly major: number;
  readonly accounts: Accounts;
  readonly alarms = new Alarms();
  readonly boot: BootControl;
  readonly certificates: Certificates;
  readonly consent: Consent;
  readonly power: Power;
  readonly settings: Settings;

  constructor(origin: AmtOrigin, state: AmtState, { clock, time, eventLog, hostAgent, identity }: AmtMachineOptions) {
    this.origin = origin;
    this.state = state;
    this.time = time;
    this.eventLog = eventLog;
    this.major = Number(origin.version.split(".")[0]);
    this.accounts = new Accounts(state);
    this.boot = new BootControl(eventLog);
    this.certificates = new Certificates(origin.isTlsOnly ? identity : undefined);
    this.consent = new Consent(state, clock, () => this.power.isOn);
    this.power = new Power({ state, time, boot: this.boot, hostAgent });
    this.settings = new Settings(state, origin);
  }

  /** Of the digest, and so of AMT_GeneralSettings. */
  get realm(): string {
    return this.accounts.realm;
  }

  /** AMT is as it was when it came from the factory. */
  unprovision(): void {
    const { state } = this;
    state.provisioningState = "pre";
    state.controlMode = "none";
    state.provisioningMode = "none";
  }

  [Symbol.dispose](): void {
    this.consent[Symbol.dispose]();
  }
}
