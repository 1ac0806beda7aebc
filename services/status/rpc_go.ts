import type { CertificateHash, LanInterface, Status } from "./status.ts";

/**
 * A status under the names and with the words of `rpc amtinfo --json`, version 3: what is empty is left out, numbers
 * are texts, and of two certificates with one name the later one stays. Source: rpc-go v3.0.0-beta.50.
 */
export function rpcGo(status: Status): Record<string, unknown> {
  return withoutEmpty({
    ...common(status),
    controlMode: word(status.controlMode?.value, {
      none: "not activated",
      client: "client control mode",
      admin: "admin control mode",
    }, "unknown control mode"),
    provisioningState: word(status.provisioningState?.value, {
      pre: "pre-provisioning",
      in: "in provisioning",
      post: "post-provisioning",
    }, "unknown provisioning state"),
    ras: remoteAccess(status, { direct: "direct (LAN)", outside: "outside enterprise (CIRA)" }),
    upid: status.upid === null ? undefined : {
      oemPlatformIdType: upidType(status.upid.oemPlatformIdType),
      oemId: status.upid.oemId,
      csmeId: status.upid.csmeId,
    },
    heciAvailable: status.controlMode !== null || status.amtVersion !== null,
  });
}

/** What version 2 prints of an interface that could not be asked for. */
const noAdapter = {
  isEnable: false,
  linkStatus: "",
  dhcpEnabled: false,
  dhcpMode: "",
  ipAddress: "",
  osIpAddress: "",
  macAddress: "",
};

/** The same for version 2, where what is empty stays, as an empty text. Source: rpc-go v2.52.4. */
export function rpcGo2(status: Status): Record<string, unknown> {
  const { operationalState, certificateHashes, ...rest } = common(status);
  const controlMode = word(status.controlMode?.value, {
    none: "pre-provisioning state",
    client: "activated in client control mode",
    admin: "activated in admin control mode",
  }, "unknown state");
  const ras = remoteAccess(status, { direct: "direct", outside: "outside enterprise" });
  return {
    ...Object.fromEntries(Object.entries({ ...rest, controlMode }).map(([key, value]) => [key, value ?? ""])),
    ...(operationalState === undefined ? {} : { operationalState }),
    ras: ras ?? { networkStatus: "", remoteStatus: "", remoteTrigger: "", mpsHostname: "" },
    ...(certificateHashes === undefined ? {} : { certificateHashes }),
    wiredAdapter: rest.wiredAdapter ?? noAdapter,
    wirelessAdapter: rest.wirelessAdapter ?? noAdapter,
  };
}

/** What both versions print alike. */
function common(status: Status) {
  return {
    amt: status.amtVersion ?? undefined,
    buildNumber: status.build ?? undefined,
    sku: status.sku === null ? undefined : String(status.sku.raw),
    features: status.sku?.text.join(" "),
    uuid: status.uuid ?? undefined,
    operationalState: status.operationalState?.value ?? undefined,
    dnsSuffix: status.dnsSuffix.amt ?? undefined,
    dnsSuffixOS: status.dnsSuffix.host ?? undefined,
    hostnameOS: status.hostName ?? undefined,
    wiredAdapter: adapter(status.lan.find((each) => each.interface === "wired")),
    wirelessAdapter: adapter(status.lan.find((each) => each.interface === "wireless")),
    certificateHashes: status.certificateHashes === null ? undefined : hashes(status.certificateHashes),
  };
}

function adapter(lan: LanInterface | undefined): Record<string, unknown> | undefined {
  if (lan === undefined || lan.enabled === null) return undefined;
  return {
    isEnable: lan.enabled,
    linkStatus: lan.link?.raw === 1 ? "up" : "down",
    dhcpEnabled: lan.dhcp.enabled,
    dhcpMode: lan.dhcp.mode?.raw === 1 ? "active" : "passive",
    ipAddress: lan.ipAddress ?? "0.0.0.0",
    osIpAddress: lan.hostAddress ?? (lan.macAddress === null ? "0.0.0.0" : "Not Found"),
    macAddress: lan.macAddress ?? "00:00:00:00:00:00",
  };
}

function remoteAccess({ remoteAccess }: Status, network: { readonly direct: string; readonly outside: string }) {
  if (remoteAccess === null) return undefined;
  return {
    networkStatus: word(remoteAccess.network.value, { ...network, vpn: "vpn", unknown: "unknown" }, "unknown"),
    remoteStatus: word(remoteAccess.connection.value, {
      notConnected: "not connected",
      connecting: "connecting",
      connected: "connected",
    }, "unknown"),
    // Of the raw numbers 2 and 3 this program and rpc-go disagree which is which; here rpc-go's reading stands.
    remoteTrigger: ["user initiated", "alert", "periodic", "provisioning"][remoteAccess.trigger.raw] ?? "unknown",
    mpsHostname: remoteAccess.mpsHostName,
  };
}

function hashes(entries: readonly CertificateHash[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(({ name, hash, algorithm, active, default: isDefault }) => [
    name,
    { Hash: hash, Name: name, Algorithm: algorithm.value ?? "", IsActive: active, IsDefault: isDefault },
  ]));
}

function upidType({ value, raw }: { value: "notSet" | "binary" | "text" | null; raw: number }): string {
  return value === null
    ? `Unknown (${raw})`
    : `${{ notSet: "Not Set", binary: "Binary", text: "Printable String" }[value]} (${raw})`;
}

/** A word of theirs for one of ours. `null` is a number without a name; `undefined` was not to be had. */
function word<V extends string>(value: V | null | undefined, words: Record<V, string>, otherwise: string) {
  return value === undefined ? undefined : value === null ? otherwise : words[value];
}

function withoutEmpty(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""));
}
