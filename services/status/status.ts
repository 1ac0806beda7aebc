import type { Missing } from "../missing.ts";

/** A number of the firmware's with its meaning: `value` is a stable word, `null` for a number without one. */
export interface Named<V extends string> {
  value: V | null;
  raw: number;
  /** For a person. */
  text: string;
}

/**
 * All that a machine's firmware tells without a password. What could not be had is `null`, or a list without items, and
 * `unavailable` says why; what the firmware leaves empty is an empty text.
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
  platform: Platform | null;
  /** What MKHI says of AMT and of other features: in this platform, switched on, usable now. */
  capabilities: Capabilities | null;
  /** Whether the host may update the firmware. */
  firmwareUpdate: Named<"disabled" | "enabled" | "password"> | null;
  /** Whether the firmware was told that the firmware setup has ended, and whether the boot was measured. */
  boot: { endOfPost: boolean | null; measuredBoot: boolean | null };
  uuid: string | null;
  controlMode: Named<"none" | "client" | "admin"> | null;
  provisioningState: Named<"pre" | "in" | "post"> | null;
  provisioningMode: Named<"none" | "enterprise" | "smallBusiness" | "remoteAssistance"> | null;
  /** AMT calls this mode a legacy one; no public source says what follows from it. */
  legacyMode: boolean | null;
  /** What secures a remote setup. */
  provisioningTlsMode: Named<"notReady" | "psk" | "pki"> | null;
  /** The password of `admin` is another than the factory's. */
  adminPasswordChanged: boolean | null;
  /** Whether AMT is enabled in the firmware setup, which firmware from 16.1 on tells over the WD client. */
  operationalState: Named<"disabled" | "enabled"> | null;
  /** Whether the operating system may change that. */
  operationalStateChangeAllowed: boolean | null;
  /** AMT's ports on this machine speak TLS only; told by the same firmware. */
  tlsEnforcedLocally: boolean | null;
  /** TLS on the network is switched on. */
  tlsEnabled: boolean | null;
  /** The wired interface, then the wireless one; none where AMT could not be asked. */
  lan: LanInterface[];
  fqdn: string | null;
  /** AMT goes by the host's name. */
  fqdnShared: boolean | null;
  /** AMT registers its name itself. */
  dynamicDns: boolean | null;
  dnsSuffix: { amt: string | null; host: string | null };
  /** Suffixes of the networks in which AMT regards itself as inside the enterprise. */
  trustedDnsSuffixes: string[];
  hostName: string | null;
  remoteAccess: RemoteAccess | null;
  /** Where a user may open the tunnel of remote access: in the firmware setup, in the operating system. */
  userInitiatedConnection: { bios: boolean; osAgent: boolean } | null;
  redirection: Record<"kvm" | "sol" | "ider", { enabled: boolean | null; active: boolean | null }>;
  /** A KVM session waits for the user's consent. */
  kvmConsentPending: boolean | null;
  systemDefenseActive: boolean | null;
  webUiEnabled: boolean | null;
  /** Endpoint access control. */
  eacEnabled: boolean | null;
  zeroTouchEnabled: boolean | null;
  ehbcEnabled: boolean | null;
  powerPolicy: string | null;
  /** Why the host was last reset, as AMT has seen it. No source gives the time's unit: taken for seconds since 1970. */
  lastHostReset: { reason: Named<"remoteControl" | "other">; timestamp: number } | null;
  /** What last restarted the firmware. */
  lastMeReset: Named<"none" | "me" | "global" | "exception"> | null;
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

interface Platform {
  /** `desktop`; several kinds stand with a comma between them. */
  type: string;
  brand: Named<
    "none" | "amt" | "standardManageability" | "level3Manageability" | "remotePcAssist" | "smallBusiness"
  >;
  imageType: Named<"none" | "slim" | "consumer" | "corporate" | "test">;
}

interface Capabilities {
  amtCapable: boolean;
  amtEnabled: boolean | null;
  capable: string[];
  enabled: string[];
  available: string[];
}

/** One of AMT's; all is `null` but its name when the firmware has no such interface. */
export interface LanInterface {
  interface: "wired" | "wireless";
  enabled: boolean | null;
  link: Named<"down" | "up"> | null;
  dhcp: { enabled: boolean | null; mode: Named<"active" | "passive"> | null };
  /** Of AMT, as all that follows; `null` when it has none. */
  ipAddress: string | null;
  /** This, the gateway, the DNS servers and the domain are told of the wired interface alone. */
  subnetMask: string | null;
  gateway: string | null;
  dnsServers: string[];
  domain: string | null;
  ipv6Addresses: string[];
  ipv6Router: string | null;
  ipv6DnsServers: string[];
  macAddress: string | null;
  /** Of the host's side of the wired port, which differs where AMT has an address of its own. */
  hostMacAddress: string | null;
  /** Of the operating system's interface with the same MAC address as AMT. */
  hostAddress: string | null;
}

interface RemoteAccess {
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
    firmwareUpdate: null,
    boot: { endOfPost: null, measuredBoot: null },
    uuid: null,
    controlMode: null,
    provisioningState: null,
    provisioningMode: null,
    legacyMode: null,
    provisioningTlsMode: null,
    adminPasswordChanged: null,
    operationalState: null,
    operationalStateChangeAllowed: null,
    tlsEnforcedLocally: null,
    tlsEnabled: null,
    lan: [],
    fqdn: null,
    fqdnShared: null,
    dynamicDns: null,
    dnsSuffix: { amt: null, host: null },
    trustedDnsSuffixes: [],
    hostName: null,
    remoteAccess: null,
    userInitiatedConnection: null,
    redirection: { kvm: feature(), sol: feature(), ider: feature() },
    kvmConsentPending: null,
    systemDefenseActive: null,
    webUiEnabled: null,
    eacEnabled: null,
    zeroTouchEnabled: null,
    ehbcEnabled: null,
    powerPolicy: null,
    lastHostReset: null,
    lastMeReset: null,
    certificateHashes: null,
    upid: null,
    flashLog: null,
    localSystemAccount: null,
    firmwareStatus: [],
    unavailable: [],
    warnings: [],
  };
}

/** An interface of which nothing is known yet. */
export function emptyInterface(name: LanInterface["interface"]): LanInterface {
  return {
    interface: name,
    enabled: null,
    link: null,
    dhcp: { enabled: null, mode: null },
    ipAddress: null,
    subnetMask: null,
    gateway: null,
    dnsServers: [],
    domain: null,
    ipv6Addresses: [],
    ipv6Router: null,
    ipv6DnsServers: [],
    macAddress: null,
    hostMacAddress: null,
    hostAddress: null,
  };
}
