import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

/** What bundles have in place of an identity. */
const PLACEHOLDER = "mac-1, uuid-1 and so on in a bundle";

const text = orNull(Type.String());
const flag = orNull(Type.Boolean());
const address = orNull(Type.String({ description: "IPv4 or IPv6" }));

/** A number of the firmware's with its meaning; `value` is null for a number without one. */
function named<const V extends string[]>(values: readonly [...V]) {
  return closed({ value: orNull(Type.Enum(values)), raw: Type.Integer({ minimum: 0 }), text: Type.String() });
}

const feature = closed({ enabled: flag, active: flag });
const mac = orNull(Type.String({ pattern: "^(([0-9a-f]{2}:){5}[0-9a-f]{2}|mac-\\d+)$", description: PLACEHOLDER }));
const addresses = Type.Array(Type.String());

export const StatusOutput = closed({
  device: Type.String(),
  versions: Type.Record(Type.String(), Type.String(), { description: "As GetCodeVersions names them, and BIOS" }),
  amtVersion: text,
  build: text,
  sku: orNull(closed({ raw: Type.Integer({ minimum: 0 }), text: Type.Array(Type.String()) })),
  firmwareVersions: Type.Array(Type.String(), { description: "Running, recovery, factory" }),
  platform: orNull(closed({
    type: Type.String(),
    brand: named(["none", "amt", "standardManageability", "level3Manageability", "remotePcAssist", "smallBusiness"]),
    imageType: named(["none", "slim", "consumer", "corporate", "test"]),
  })),
  capabilities: orNull(closed({
    amtCapable: Type.Boolean({ description: "This platform has AMT" }),
    amtEnabled: flag,
    capable: Type.Array(Type.String()),
    enabled: Type.Array(Type.String()),
    available: Type.Array(Type.String(), { description: "Usable now" }),
  })),
  firmwareUpdate: orNull(named(["disabled", "enabled", "password"])),
  boot: closed({ endOfPost: flag, measuredBoot: flag }),
  uuid: orNull(
    Type.String({ pattern: "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|uuid-\\d+)$", description: PLACEHOLDER }),
  ),
  controlMode: orNull(named(["none", "client", "admin"])),
  provisioningState: orNull(named(["pre", "in", "post"])),
  provisioningMode: orNull(named(["none", "enterprise", "smallBusiness", "remoteAssistance"])),
  legacyMode: flag,
  provisioningTlsMode: orNull(named(["notReady", "psk", "pki"])),
  adminPasswordChanged: flag,
  operationalState: orNull(named(["disabled", "enabled"])),
  operationalStateChangeAllowed: flag,
  tlsEnforcedLocally: flag,
  tlsEnabled: flag,
  lan: Type.Array(
    closed({
      interface: Type.Enum(["wired", "wireless"]),
      enabled: flag,
      link: orNull(named(["down", "up"])),
      dhcp: closed({ enabled: flag, mode: orNull(named(["active", "passive"])) }),
      ipAddress: address,
      subnetMask: orNull(Type.String({ description: "Wired only, as gateway, DNS servers and domain" })),
      gateway: address,
      dnsServers: addresses,
      domain: text,
      ipv6Addresses: addresses,
      ipv6Router: address,
      ipv6DnsServers: addresses,
      macAddress: mac,
      hostMacAddress: mac,
      hostAddress: address,
    }),
    { description: "Wired, then wireless; none where AMT could not be asked" },
  ),
  fqdn: text,
  fqdnShared: flag,
  dynamicDns: flag,
  dnsSuffix: closed({ amt: text, host: text }),
  trustedDnsSuffixes: Type.Array(Type.String()),
  hostName: text,
  remoteAccess: orNull(closed({
    network: named(["direct", "vpn", "outside", "unknown"]),
    connection: named(["notConnected", "connecting", "connected"]),
    trigger: named(["user", "alert", "provisioning", "periodic"]),
    mpsHostName: Type.String(),
  })),
  userInitiatedConnection: orNull(closed({ bios: Type.Boolean(), osAgent: Type.Boolean() })),
  redirection: closed({ kvm: feature, sol: feature, ider: feature }),
  kvmConsentPending: flag,
  systemDefenseActive: flag,
  webUiEnabled: flag,
  eacEnabled: flag,
  zeroTouchEnabled: flag,
  ehbcEnabled: flag,
  powerPolicy: text,
  lastHostReset: orNull(closed({
    reason: named(["remoteControl", "other"]),
    timestamp: Type.Integer({ minimum: 0, description: "Taken for seconds since 1970; not verified" }),
  })),
  lastMeReset: orNull(named(["none", "me", "global", "exception"])),
  certificateHashes: orNull(Type.Array(
    closed({
      name: Type.String(),
      algorithm: named(["MD5", "SHA1", "SHA256", "SHA384", "SHA224", "SHA512"]),
      hash: Type.String({ pattern: "^([0-9a-f]{2})*$" }),
      active: Type.Boolean(),
      default: Type.Boolean(),
    }),
    { description: "null without --hashes" },
  )),
  upid: orNull(closed({
    oemPlatformIdType: named(["notSet", "binary", "text"]),
    oemId: Type.String(),
    csmeId: Type.String(),
  })),
  flashLog: orNull(closed(
    { bytes: Type.Integer({ minimum: 0 }), hex: Type.String({ pattern: "^([0-9a-f]{2})*$" }) },
    { description: "null without --flash-log" },
  )),
  localSystemAccount: orNull(closed(
    { user: Type.String(), password: Type.String() },
    { description: "A secret; null without --reveal" },
  )),
  firmwareStatus: Type.Array(Type.String({ pattern: "^[0-9A-F]{8}$" }), { description: "HFSTS1 to 6" }),
  ...answerFields,
}, { title: "amtctl status" });

export type StatusOutput = Static<typeof StatusOutput>;
