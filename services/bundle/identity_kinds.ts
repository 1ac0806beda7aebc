/** What identifies a machine or its network, by what its placeholders are called. */
export type IdentityKind = "uuid" | "mac" | "ip" | "host" | "id";

/** How a field's value is treated: as an identity, kept although it looks like one, or a word from a fixed list. */
export type FieldKind = IdentityKind | "kept" | "vocabulary";

/** Fields of amtctl's answers by their names; what is inside of them is of the same kind. */
const fields = new Map<string, FieldKind>([
  ["uuid", "uuid"],
  ["macAddress", "mac"],
  ["hostMacAddress", "mac"],
  ["ipAddress", "ip"],
  ["ipv6Addresses", "ip"],
  ["hostAddress", "ip"],
  ["subnetMask", "ip"],
  ["gateway", "ip"],
  ["dnsServers", "ip"],
  ["ipv6Router", "ip"],
  ["ipv6DnsServers", "ip"],
  ["fqdn", "host"],
  ["hostName", "host"],
  ["domain", "host"],
  ["dnsSuffix", "host"],
  ["trustedDnsSuffixes", "host"],
  ["mpsHostName", "host"],
  ["oemId", "id"],
  ["csmeId", "id"],
  // A client's GUID is the same on all machines, and a version of four parts looks like an address.
  ["guid", "kept"],
  ["client", "kept"],
]);

/** Fields with words of this program's own, or of the kernel's and the firmware's, which a host may be named by too. */
const vocabulary = new Set(
  ("value text verdict severity code id title field attention name kind role state driver sources source purpose interface " +
    "disabledBy generation generations capable enabled available type brand imageType os arch word mode format")
    .split(" "),
);

/** The kind of a field; `undefined` where its name says nothing. */
export function fieldKind(name: string): FieldKind | undefined {
  return vocabulary.has(name) ? "vocabulary" : fields.get(name) ?? (/versions?$/i.test(name) ? "kept" : undefined);
}

/** Fields that never leave this machine, whatever they hold. */
export function isSecretField(name: string): boolean {
  return /password|passphrase|secret|credential|digest|privateKey|localSystemAccount/i.test(name);
}

/** With dashes, as all of this program's answers have it. */
export const UUID = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi;
/** Parted by colons or dashes; that it is not the beginning of something longer is part of it. */
export const MAC =
  /(?<![0-9a-f]|[0-9a-f][:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f]|[:-][0-9a-f])/gi;
/** Whatever may be an IPv4 address, and not part of a longer version; {@link isIpv4} says whether it is. */
export const IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g;
/** Whatever may be an IPv6 address; {@link ipv6Groups} says whether it is. */
export const IPV6 = /(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:]*:(?:[0-9a-f]{0,4}|(?:\d{1,3}\.){3}\d{1,3})(?![\w:]|\.\d)/gi;

/** What is the same everywhere: unset, loopback, broadcast, masks. */
export function isCommonAddress(text: string): boolean {
  return text === "0.0.0.0" || text.startsWith("127.") || text.startsWith("255.") || /^[0:]*:[0:]*[01]?$/.test(text);
}

/** Unset and broadcast. */
export function isCommonMac(text: string): boolean {
  return /^(?:00[:-]?){5}00$/.test(text) || /^(?:ff[:-]?){5}ff$/i.test(text);
}

/** Four decimal parts of a byte each. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** The eight groups of an IPv6 address in lower case, its abbreviations undone; `undefined` when it is none. */
export function ipv6Groups(text: string): string | undefined {
  const last = text.slice(text.lastIndexOf(":") + 1);
  const tail = last.includes(".") ? isIpv4(last) ? last.split(".").map(Number) : undefined : [];
  if (tail === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = tail;
  const hex = tail.length === 0
    ? text
    : `${text.slice(0, -last.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const halves = hex.split("::").map((half) => half === "" ? [] : half.split(":"));
  const [front = [], back] = halves;
  const missing = 8 - front.length - (back?.length ?? 0);
  if (halves.length > 2 || (back === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => "0"), ...back ?? []];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => parseInt(group, 16).toString(16)).join(":");
}
