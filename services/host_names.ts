import type { Host } from "../ffi/host.ts";

/** The kernel's name of this machine. */
export function hostName(host: Host): string | null {
  return host.readText("/proc/sys/kernel/hostname")?.trim() || null;
}

/**
 * The domains of each `search` and `domain` line, of which the last line holds. The root, `.`, is none. Source:
 * resolv.conf(5).
 */
export function searchDomains(host: Host): string[][] {
  const lines = (host.readText("/etc/resolv.conf") ?? "").split("\n").map((line) => line.trim().split(/\s+/));
  return lines.filter(([keyword]) => keyword === "search" || keyword === "domain").map(([, ...domains]) =>
    domains.map((domain) => domain.replace(/^\.+|\.+$/g, "")).filter((domain) => domain !== "")
  );
}
