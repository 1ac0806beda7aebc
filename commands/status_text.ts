import type { LanInterface, Status } from "../services/status/status.ts";
import type { Terminal } from "./command.ts";
import { pairs } from "./table.ts";

type Entry = [name: string, value: string | number | null];

/** A status for a person: sections of names and values, without what is neither known nor asked for. */
export function statusText(status: Status, terminal: Terminal): string {
  const sections: [string, Entry[]][] = [
    ["AMT", amt(status)],
    ["Firmware", firmware(status)],
    ...status.lan.map((lan): [string, Entry[]] => [lan.interface === "wired" ? "Wired" : "Wireless", network(lan)]),
    ["Names", names(status)],
    ["Remote access", remoteAccess(status)],
    ["Features", features(status)],
    ["Root certificate hashes", hashes(status)],
    ["Local system account", account(status)],
  ];
  return sections
    .map(([title, entries]) => [title, entries.filter(([, value]) => value !== null)] as const)
    .filter(([, entries]) => entries.length > 0)
    .map(([title, entries]) => `${terminal.style("bold", title)}\n${pairs(entries.map(indented))}`)
    .join("\n\n");
}

function amt(status: Status): Entry[] {
  const { sku, amtVersion, build, operationalStateChangeAllowed: mayChange } = status;
  return [
    ["device", status.device],
    ["version", amtVersion === null ? null : `${amtVersion} build ${build ?? "unknown"}`],
    ["sku", sku === null ? null : `${sku.raw}: ${sku.text.join(", ") || "nothing that has a name"}`],
    ["uuid", status.uuid],
    ["control mode", text(status.controlMode)],
    ["provisioning state", text(status.provisioningState)],
    ["provisioning mode", modeText(status)],
    ["remote setup", text(status.provisioningTlsMode)],
    ["admin's password", yesNo(status.adminPasswordChanged, "changed", "the factory's")],
    ["operational state", text(status.operationalState)],
    ["  changed from here", yesNo(mayChange, "allowed", "not allowed")],
    ["local ports", yesNo(status.tlsEnforcedLocally, "TLS only", "TLS not enforced")],
  ];
}

function firmware(status: Status): Entry[] {
  const { firmwareVersions, firmwareStatus, platform, capabilities, upid, versions, flashLog, boot } = status;
  return [
    ["versions", list(firmwareVersions)],
    ["recovery", versions["Recovery Version"] ?? null],
    ["bios", versions["BIOS"] ?? null],
    ["platform", platform && `${platform.type}, ${platform.imageType.text} image, brand ${platform.brand.text}`],
    ["capable of", capabilities && list(capabilities.capable)],
    ["enabled", capabilities && list(capabilities.enabled)],
    ["available", capabilities && list(capabilities.available)],
    ["update by the host", text(status.firmwareUpdate)],
    [
      "boot",
      joined(
        yesNo(boot.endOfPost, "POST ended", "POST not ended"),
        yesNo(boot.measuredBoot, "measured", "not measured"),
      ),
    ],
    ["last restart", text(status.lastMeReset)],
    ["status registers", list(firmwareStatus)],
    ["platform id", upid && `OEM ${upid.oemId || "-"} (${upid.oemPlatformIdType.text}), CSME ${upid.csmeId}`],
    ["flash log", flashLog && `${flashLog.bytes} bytes ${flashLog.hex}`],
  ];
}

function network(lan: LanInterface): Entry[] {
  return [
    ["enabled", yesNo(lan.enabled, "yes", "no")],
    ["link", text(lan.link)],
    ["mac address", lan.macAddress],
    ["host's mac address", lan.hostMacAddress === lan.macAddress ? null : lan.hostMacAddress],
    ["ip address", lan.ipAddress],
    ["subnet mask", lan.subnetMask],
    ["gateway", lan.gateway],
    ["dns servers", list([...lan.dnsServers, ...lan.ipv6DnsServers])],
    ["domain", lan.domain],
    ["ipv6 addresses", list(lan.ipv6Addresses)],
    ["ipv6 router", lan.ipv6Router],
    ["dhcp", yesNo(lan.dhcp.enabled, lan.dhcp.mode?.text ?? "on", "off")],
    ["host's address", lan.hostAddress],
  ];
}

function names({ fqdn, fqdnShared, dynamicDns, dnsSuffix, trustedDnsSuffixes, hostName }: Status): Entry[] {
  return [
    ["fqdn", fqdn],
    ["  shared with the host", yesNo(fqdnShared, "yes", "no")],
    ["  dynamic dns", yesNo(dynamicDns, "on", "off")],
    ["dns suffix", dnsSuffix.amt],
    ["trusted dns suffixes", list(trustedDnsSuffixes)],
    ["host name", hostName],
    ["host's dns suffix", dnsSuffix.host],
  ];
}

function remoteAccess({ remoteAccess, userInitiatedConnection: byUser }: Status): Entry[] {
  return [
    ["network", text(remoteAccess?.network)],
    ["connection", text(remoteAccess?.connection)],
    ["trigger", text(remoteAccess?.trigger)],
    ["mps host", remoteAccess?.mpsHostName ?? null],
    ["a user may open it", byUser && (placesOf(byUser) || "nowhere")],
  ];
}

function placesOf({ bios, osAgent }: NonNullable<Status["userInitiatedConnection"]>): string {
  return [...bios ? ["in the firmware setup"] : [], ...osAgent ? ["in the operating system"] : []].join(", ");
}

function features(status: Status): Entry[] {
  const { kvm, sol, ider } = status.redirection;
  const consent = status.kvmConsentPending ? ", waits for the user's consent" : "";
  return [
    ["kvm", feature(kvm, consent)],
    ["serial over LAN", feature(sol)],
    ["IDE redirection", feature(ider)],
    ["web interface", yesNo(status.webUiEnabled, "enabled", "disabled")],
    ["system defense", yesNo(status.systemDefenseActive, "active", "not active")],
    ["access control (EAC)", yesNo(status.eacEnabled, "enabled", "disabled")],
    ["zero touch", yesNo(status.zeroTouchEnabled, "enabled", "disabled")],
    ["EHBC", yesNo(status.ehbcEnabled, "enabled", "disabled")],
    ["power policy", status.powerPolicy],
    ["last host reset", text(status.lastHostReset?.reason)],
  ];
}

function hashes({ certificateHashes }: Status): Entry[] {
  return (certificateHashes ?? []).map((each) => {
    const marks = [each.active ? "active" : "inactive", ...(each.default ? ["default"] : [])].join(", ");
    return [each.name, `${each.algorithm.text} ${each.hash} (${marks})`];
  });
}

function account({ localSystemAccount }: Status): Entry[] {
  if (localSystemAccount === null) return [];
  return [["user", localSystemAccount.user], ["password", localSystemAccount.password]];
}

function feature({ enabled, active }: Status["redirection"]["kvm"], more = ""): string | null {
  return joined(yesNo(enabled, "enabled", "disabled"), yesNo(active, `session open${more}`, "no session"));
}

function modeText({ provisioningMode, legacyMode }: Status): string | null {
  return joined(text(provisioningMode), legacyMode ? "legacy" : null);
}

function text(named: { readonly text: string } | null | undefined): string | null {
  return named?.text ?? null;
}

function list(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join(" ");
}

/** What is known of several things, with commas between. */
function joined(...parts: readonly (string | null)[]): string | null {
  return parts.filter((part) => part !== null && part !== "").join(", ") || null;
}

function yesNo(value: boolean | null, yes: string, no: string): string | null {
  return value === null ? null : value ? yes : no;
}

function indented([name, value]: Entry): Entry {
  return [`  ${name}`, value];
}
