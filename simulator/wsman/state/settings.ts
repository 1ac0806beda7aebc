import type { AmtState } from "../../clients/amthi_state.ts";
import type { AmtOrigin } from "../../profiles/profile.ts";

/** One of the two settings of AMT_TLSSettingData. */
export interface TlsSetting {
  readonly name: "Intel(r) AMT 802.3 TLS Settings" | "Intel(r) AMT LMS TLS Settings";
  readonly enabled: boolean;
  readonly mutual: boolean;
  readonly acceptsPlain: boolean;
  readonly trustedNames: readonly string[];
}

/** Settings that AMTHI does not tell, with the values of a machine that nobody changed. */
export class Settings {
  /** Of AMT_GeneralSettings. */
  general: Readonly<Record<string, number | boolean>> = {
    AMTNetworkEnabled: 1,
    DDNSUpdateByDHCPServerEnabled: true,
    DHCPv6ConfigurationTimeout: 0,
    IdleWakeTimeout: 1,
    PingResponseEnabled: true,
    PreferredAddressFamily: 0,
    PresenceNotificationInterval: 0,
    RmcpPingResponseEnabled: true,
    ThunderboltDockEnabled: 0,
    WsmanOnlyMode: false,
  };
  /** Of IPS_KVMRedirectionSettingData. */
  kvm: Readonly<Record<string, number | boolean>> = {
    BackToBackFbMode: false,
    DefaultScreen: 0,
    InitialDecimationModeForLowRes: 2,
    Is5900PortEnabled: false,
    OptInPolicy: true,
    OptInPolicyTimeout: 300,
    SessionTimeout: 3,
  };
  /** The password of port 5900, which nobody can read. */
  rfbPassword = "";
  /** AMT_RedirectionService.ListenerEnabled. */
  redirectionListens: boolean;
  /** AMT_TimeSynchronizationService: 0 by default yes, 1 yes, 2 no. */
  localTimeSync = 0;
  /** AMT_TimeSynchronizationService.TimeSource: 0 the BIOS's clock, 1 set. */
  timeSource = 0;
  detectionAlgorithm = 0;
  tls: readonly TlsSetting[];
  readonly #state: AmtState;

  constructor(state: AmtState, { isTlsOnly }: AmtOrigin) {
    this.#state = state;
    const { sol, ider, kvm } = state.redirection;
    this.redirectionListens = sol || ider || kvm;
    const setting = { enabled: isTlsOnly, mutual: false, trustedNames: [] };
    this.tls = [
      { ...setting, name: "Intel(r) AMT 802.3 TLS Settings", acceptsPlain: false },
      { ...setting, name: "Intel(r) AMT LMS TLS Settings", acceptsPlain: !isTlsOnly },
    ];
  }

  setTls(setting: TlsSetting): void {
    this.tls = this.tls.map((each) => each.name === setting.name ? setting : each);
  }

  /** What waited for CommitChanges counts from now on, for what AMTHI tells; the ports stay as they are. */
  commit(): void {
    this.#state.security = { ...this.#state.security, tlsEnabled: this.tls.some(({ enabled }) => enabled) };
  }

  setRedirection(changes: Partial<AmtState["redirection"]>): void {
    const redirection = { ...this.#state.redirection, ...changes };
    const { sol, ider, kvm } = redirection;
    this.#state.redirection = redirection;
    this.#state.security = { ...this.#state.security, solEnabled: sol, iderEnabled: ider, kvmEnabled: kvm };
  }
}
