import { AmtError } from "../core/errors/mod.ts";
import type { HostsFile } from "../services/hosts_file.ts";
import { errnoOf, fileError } from "./file_error.ts";

/**
 * This machine's hosts file, or the file that it is a link to; its permission bits and its owner stay. Rejects as
 * `fileError` says. All of it is done at once: threads for files may be held up by an output that nobody reads (Bun).
 */
export async function hostsFile(path = "/etc/hosts"): Promise<HostsFile> {
  const files = await import("node:fs");
  return {
    read: () => telling("read", path, () => files.readFileSync(path, "utf8")),
    replace: (text) => telling("write", path, () => replace(files, files.realpathSync(path), text)),
  };
}

type Files = typeof import("node:fs");

function replace(files: Files, path: string, text: string): void {
  const { mode, uid, gid } = files.statSync(path);
  const scratch = `${path}.${crypto.randomUUID()}`;
  try {
    const file = files.openSync(scratch, "wx", 0o600);
    try {
      files.writeFileSync(file, text);
      files.fchownSync(file, uid, gid);
      files.fchmodSync(file, mode & 0o777);
      files.fsyncSync(file);
    } finally {
      files.closeSync(file);
    }
    files.renameSync(scratch, path);
  } finally {
    files.rmSync(scratch, { force: true });
  }
}

async function telling<T>(use: "read" | "write", path: string, work: () => T): Promise<T> {
  try {
    return await Promise.resolve(work());
  } catch (cause) {
    if (errnoOf(cause) !== "EBUSY") throw fileError(use, path, cause);
    throw new AmtError("io.write", `${path}: it is mounted by itself, and cannot be replaced`, {
      cause,
      hint: "In a container, lead the name to 127.0.0.1 where the container is started",
    });
  }
}
