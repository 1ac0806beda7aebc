import type { Host } from "../../ffi/host.ts";

const LISTEN = "0A";

/** Who listens on a TCP port of this machine: `lms (process 742)`; `undefined` where this user does not see it. */
export function portHolder(host: Host, port: number): string | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of (host.readText(table) ?? "").split("\n")) {
      const fields = line.trim().split(/\s+/);
      const [, local, , state] = fields;
      const inode = fields[9];
      if (local?.toUpperCase().endsWith(suffix) && state === LISTEN && inode !== undefined) inodes.add(inode);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const { pid, name, openFiles } of host.processes()) {
    if (openFiles().some((file) => inodes.has(/^socket:\[(\d+)\]$/.exec(file)?.[1] ?? ""))) {
      return `${name} (process ${pid})`;
    }
  }
  return undefined;
}
