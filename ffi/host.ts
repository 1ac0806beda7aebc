/**
 * The one door to what a command may know of the machine besides devices: /sys, /proc, PCI, debugfs, processes.
 * Expected absence is a value; no method throws for a path that is missing or may not be read.
 */
export interface Host {
  /** Effective user id. */
  readonly uid: number;
  /** The whole file as UTF-8, or `undefined` when it is missing, forbidden, or its read fails. */
  readText(path: string): string | undefined;
  /** Names in a folder, sorted; empty when it is missing or forbidden. */
  list(path: string): string[];
  /** The target as it stands in the link, not resolved. */
  readLink(path: string): string | undefined;
  /** Follows links. */
  stat(path: string): HostStat | undefined;
  /** Whether this process may read, or read and write, the path: access(2). `undefined` when it does not exist. */
  access(path: string, mode: "read" | "write"): boolean | undefined;
  processes(): Iterable<HostProcess>;
  /** Network interfaces of the operating system that have an address. */
  networkInterfaces(): Promise<HostInterface[]>;
}

export interface HostInterface {
  /** `eth0` */
  readonly name: string;
  /** Lower case, parted by colons. */
  readonly macAddress: string;
  /** IPv4 first, then IPv6, without a prefix length. */
  readonly addresses: readonly string[];
}

export interface HostStat {
  readonly kind: "file" | "directory" | "character" | "other";
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface HostProcess {
  readonly pid: number;
  /** The kernel's name of it, at most 15 characters. */
  readonly name: string;
  /** Files it has open, as /proc/PID/fd shows them; empty when this process may not look. */
  openFiles(): string[];
}
