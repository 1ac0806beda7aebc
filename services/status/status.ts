import type { Missing } from "../missing.ts";

/** A number of the firmware's with its meaning: `value` is a stable word, `null` for a number without one. */
export interface Named<V extends string> {
  value: V | null;
  raw: number;
  /** For a person. */
  text: string;
}

/**
 * All that a machine's firmware tells without a password. What could not be had is `null`, and `unavailable` says why;
 * what the firmware leaves empty is an empty text.
 */
export interface Status {
  device: string;
  /** As GetCodeVersions names them, `Flash`, `AMT`, `Recovery Version` and so on, and `BIOS`. */
  versions: Record<string, string>;
  /** `16.1.25` */
  amtVersion: string | null;
  build: string | null;
  sku: { raw: number; text: string[] } | null;
  /** Versions as MKHI tells them: running, recovery, factory. */
  firmwareVersions: string[];
  platform: { type: string; brand: string; imageType: string } | null;
  /** What MKHI says of AMT: in this platform, enabled by the firmware setup, available now. */
  capabilities: { amtCapable: boolean; amtEnabled: boolean | null; capable: string[]; enabled: string[] } | null;
  uuid: string | null;
  controlMode: Named<"none" | "client" | "admin"> | null;
  provisioningState: Named<"pre" | "in" | "post"> | null;
  provisioningMode: Named<"none" | "enterprise" | "smallBusiness" | "remoteAssistance"> | null;
  /** Whether AMT is enabled in the firmware setup, which firmware from 16.1 on tells over the WD client. */
  operationalState: Named<"disabled" | "enabled"> | null;
  /** Whether the operating system may change that. */
  operationalStateChangeAllowed: boolean | null;
  /** AMT's ports on this machine speak TLS only. */
  tlsEnforcedLocally: boolean | null;
  /** TLS on the network is switched on. */
  tlsEnabled: boolean | null;
  lan: LanInterface[];
  fqdn: string | null;
  dnsSuffix: { amt: string | null; host: string | null };
  hostName: string | null;
  remoteAccess: RemoteAccess | null;
  redirection: Record<"kvm" | "sol" | "ider", { enabled: boolean | null; active: boolean | null }>;
  /** A KVM session waits for the user's consent. */
  kvmConsentPending: boolean | null;
  systemDefenseActive: boolean | null;
  webUiEnabled: boolean | null;
  zeroTouchEnabled: boolean | null;
  ehbcEnabled: boolean | null;
  powerPolicy: string | null;
  /** Why the host was last reset, as AMT has seen it. */
  lastHostReset: { reason: Named<"remoteControl" | "other">; timestamp: number } | null;
  /** `null` unless asked for. */
  certificateHashes: CertificateHash[] | null;
  upid: { oemPlatformIdType: Named<"notSet" | "binary" | "text">; oemId: string; csmeId: string } | null;
  /** The firmware's log of fatal errors, in hex; `null` unless asked for. No public source knows its format. */
  flashLog: { bytes: number; hex: string } | null;
  /** `null` unless asked for; a secret. */
  localSystemAccount: { user: string; password: string } | null;
  /** HFSTS1 to 6, eight hex digits each. */
  firmwareStatus: string[];
  unavailable: Missing[];
  warnings: string[];
}

export interface LanInterface {
  interface: "wired" | "wireless";
  enabled: boolean;
  link: "up" | "down";
  dhcp: { enabled: boolean; mode: "active" | "passive" };
  /** Of AMT; `null` when it has none. */
  ipAddress: string | null;
  /** Of AMT. */
  ipv6Addresses: string[];
  /** `null` when there is no such interface. */
  macAddress: string | null;
  /** Of the operating system's interface with the same MAC address. */
  hostAddress: string | null;
}

export interface RemoteAccess {
  network: Named<"direct" | "vpn" | "outside" | "unknown">;
  connection: Named<"notConnected" | "connecting" | "connected">;
  trigger: Named<"user" | "alert" | "provisioning" | "periodic">;
  mpsHostName: string;
}

export interface CertificateHash {
  name: string;
  algorithm: Named<"MD5" | "SHA1" | "SHA256" | "SHA384" | "SHA224" | "SHA512">;
  /** Lower-case hex. */
  hash: string;
  active: boolean;
  default: boolean;
}

/** A status of which nothing is known yet. */
export function emptyStatus(device: string): Status {
  const feature = () => ({ enabled: null, active: null });
  return {
    device,
    versions: {},
    amtVersion: null,
    build: null,
    sku: null,
    firmwareVersions: [],
    platform: null,
    capabilities: null,
    uuid: null,
    controlMode: null,
    provisioningState: null,
    provisioningMode: null,
    operationalState: null,
    operationalStateChangeAllowed: null,
    tlsEnforcedLocally: null,
    tlsEnabled: null,
    lan: [],
    fqdn: null,
    dnsSuffix: { amt: null, host: null },
    hostName: null,
    remoteAccess: null,
    redirection: { kvm: feature(), sol: feature(), ider: feature() },
    kvmConsentPending: null,
    systemDefenseActive: null,
    webUiEnabled: null,
    zeroTouchEnabled: null,
    ehbcEnabled: null,
    powerPolicy: null,
    lastHostReset: null,
    certificateHashes: null,
    upid: null,
    flashLog: null,
    localSystemAccount: null,
    firmwareStatus: [],
    unavailable: [],
    warnings: [],
  };
}
