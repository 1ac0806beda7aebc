import type { Guid } from "../../core/guid.ts";
import type {
  CertificateHashEntry,
  CodeVersions,
  ControlMode,
  FqdnSettings,
  Ipv6LanInterfaceStatus,
  LanInterfaceSettings,
  ProvisioningMode,
  ProvisioningState,
  RemoteAccessConnectionStatus,
  SecurityParameters,
  SetupAuditRecord,
  TcpipParameters,
} from "../../protocols/amthi/mod.ts";

/** What one machine's AMT is, has and remembers. */
export interface AmtFacts {
  readonly uuid: Guid;
  /** `undefined` where there is no such interface. */
  lan: { readonly wired: LanInterfaceSettings; readonly wireless: LanInterfaceSettings | undefined };
  /** MAC address of the host's side of the wired port. */
  readonly hostMacAddress: string;
  tcpip: Omit<TcpipParameters, "localAddress">;
  /** Of the wired interface; `undefined` when IPv6 is switched off there, as it always is on the wireless one. */
  readonly ipv6: Ipv6LanInterfaceStatus | undefined;
  fqdn: FqdnSettings;
  /** Suffixes of the networks inside the enterprise. */
  readonly dnsSuffixes: string[];
  /** The suffix that a provisioning certificate has to carry. */
  pkiFqdnSuffix: string;
  remoteAccess: RemoteAccessConnectionStatus;
  /** The server that a user's tunnel goes to. */
  readonly mpsHostName: string;
  readonly userInitiated: { readonly bios: boolean; readonly osAgent: boolean };
  security: Omit<SecurityParameters, "provisioningState">;
  /** What is enabled in the settings. */
  redirection: { readonly sol: boolean; readonly ider: boolean; readonly kvm: boolean };
  readonly sessions: { readonly iderOpen: boolean; readonly solOpen: boolean };
  kvm: { readonly active: boolean; readonly consentPending: boolean };
  readonly systemDefenseActive: boolean;
  /** `undefined` when this firmware cannot be asked. */
  readonly webUiEnabled: boolean | undefined;
  readonly eacEnabled: boolean | undefined;
  ehbcEnabled: boolean;
  zeroTouchEnabled: boolean;
  provisioningMode: ProvisioningMode;
  /** By their handles. */
  readonly hashes: ReadonlyMap<number, CertificateHashEntry>;
  readonly powerPolicy: string;
  lastHostReset: { readonly reason: "remoteControl" | "other"; readonly timestamp: number };
  readonly account: { readonly user: string; readonly password: string };
  /** `undefined` when AMT was never set up. */
  readonly setupAudit: SetupAuditRecord | undefined;
  /** Which layouts of StartConfigurationHBased it takes. */
  readonly hostBasedForms: readonly ("long" | "short")[];
  /** Commands that this release does not know, and how it says so: by an empty answer, or by this status. */
  readonly unknown: ReadonlyMap<number, "empty" | number>;
}

export interface AmtState extends AmtFacts {
  readonly codeVersions: CodeVersions;
  provisioningState: ProvisioningState;
  controlMode: ControlMode;
  /** Off until somebody enables it in the firmware setup. */
  disabled?: true;
}
