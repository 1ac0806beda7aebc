import type { HostsFile } from "../services/hosts_file.ts";
import { writeFile } from "./write_file.ts";

/** This machine's hosts file; its permission bits and its owner stay. */
export async function hostsFile(path = "/etc/hosts"): Promise<HostsFile> {
  const files = await import("node:fs/promises");
  return {
    read: () => files.readFile(path, "utf8"),
    async replace(text) {
      const { mode, uid, gid } = await files.stat(path);
      await writeFile(path, new TextEncoder().encode(text), { mode: mode & 0o777, replace: true });
      const made = await files.stat(path);
      if (made.uid !== uid || made.gid !== gid) await files.chown(path, uid, gid);
    },
  };
}
