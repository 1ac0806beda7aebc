import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../../../ffi/host.ts";

/** Writes what `host` shows below `path`, links as links, into the folder `target`, which is made. */
export async function writeTree(host: Host, path: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of host.list(path)) {
    const from = `${path}/${name}`;
    const to = join(target, name);
    const link = host.readLink(from);
    const stat = host.stat(from);
    if (link !== undefined) await symlink(link, to);
    else if (stat?.kind === "directory") await writeTree(host, from, to);
    else await writeFile(to, host.readText(from) ?? "", { mode: stat?.mode ?? 0o444 });
  }
}
