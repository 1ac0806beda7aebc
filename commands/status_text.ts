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
    ["provisioning mode", text(status.provisioningMode)],
    ["operational state", text(status.operationalState)],
    ["  changed from here", yesNo(mayChange, "allowed", "not allowed")],
    ["local ports", yesNo(status.tlsEnforcedLocally, "TLS only", "TLS not enforced")],
  ];
}

function firmware(status: Status): Entry[] {
  const { firmwareVersions, firmwareStatus, platform, capabilities, upid, versions } = status;
  const { flashLog } = status;
  const list = (each: readonly string[]) => each.length === 0 ? null : each.join(" ");
  return [
    ["versions", list(firmwareVersions)],
    ["recovery", versions["Recovery Version"] ?? null],
    ["bios", versions["BIOS"] ?? null],
    ["platform", platform && `${platform.type}, ${platform.imageType} image, brand ${platform.brand}`],
    ["capable of", capabilities && list(capabilities.capable)],
    ["enabled", capabilities && list(capabilities.enabled)],
    ["status registers", list(firmwareStatus)],
    ["platform id", upid && `OEM ${upid.oemId || "-"} (${upid.oemPlatformIdType.text}), CSME ${upid.csmeId}`],
    ["flash log", flashLog && `${flashLog.bytes} bytes ${flashLog.hex}`],
  ];
}

function network(lan: LanInterface): Entry[] {
  return [
    ["enabled", lan.enabled ? "yes" : "no"],
    ["link", lan.link],
    ["mac address", lan.macAddress],
    ["ip address", lan.ipAddress],
    ["dhcp", lan.dhcp.enabled ? lan.dhcp.mode : "off"],
    ["host's address", lan.hostAddress],
  ];
}

function names({ fqdn, dnsSuffix, hostName }: Status): Entry[] {
  return [
    ["fqdn", fqdn],
    ["dns suffix", dnsSuffix.amt],
    ["host name", hostName],
    ["host's dns suffix", dnsSuffix.host],
  ];
}

function remoteAccess({ remoteAccess }: Status): Entry[] {
  if (remoteAccess === null) return [];
  return [
    ["network", remoteAccess.network.text],
    ["connection", remoteAccess.connection.text],
    ["trigger", remoteAccess.trigger.text],
    ["mps host", remoteAccess.mpsHostName],
  ];
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
    ["zero touch", yesNo(status.zeroTouchEnabled, "enabled", "disabled")],
    ["EHBC", yesNo(status.ehbcEnabled, "enabled", "disabled")],
    ["power policy", status.powerPolicy],
    ["last host reset", text(status.lastHostReset?.reason ?? null)],
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
  const parts = [yesNo(enabled, "enabled", "disabled"), yesNo(active, `session open${more}`, "no session")];
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.join(", ");
}

function text(named: { readonly text: string } | null): string | null {
  return named === null ? null : named.text;
}

function yesNo(value: boolean | null, yes: string, no: string): string | null {
  return value === null ? null : value ? yes : no;
}

function indented([name, value]: Entry): Entry {
  return [`  ${name}`, value];
}
