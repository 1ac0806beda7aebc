import { delay } from "../../core/delay.ts";

/** A lock that is older was left by a program that died: changing a small file takes milliseconds. */
const STALE_MS = 10_000;
const RETRY_MS = 20;
const LONGEST_WAIT_MS = 15_000;

type Files = typeof import("node:fs/promises");

/** The text of a file, byte for character; empty where there is none. Rejects as `node:fs` does. */
export async function readBytesAsText(path: string): Promise<string> {
  const files = await import("node:fs/promises");
  try {
    return await files.readFile(path, "latin1");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return "";
    throw error;
  }
}

/**
 * Changes a small text file that other programs may be changing: one after the other, and each time whole or not at all.
 * `change` gets the text as {@link readBytesAsText} reads it; `undefined` leaves the file alone. A new file is its
 * owner's alone, a folder that is made for it too; one that is there keeps its owner. Follows a link. Rejects as
 * `node:fs` does, with `change`'s error, and with code `ELOCKED` when another program does not let go.
 */
export async function changeLockedFile(path: string, change: (text: string) => string | undefined): Promise<void> {
  const files = await import("node:fs/promises");
  await files.mkdir(folderOf(path), { recursive: true, mode: 0o700 });
  const target = await files.realpath(path).catch(() => path);
  const lock = `${target}.lock`;
  await takeLock(files, lock);
  try {
    const changed = change(await readBytesAsText(target));
    if (changed !== undefined) await replace(files, target, changed);
  } finally {
    await files.rm(lock, { force: true });
  }
}

/** The errno's name, as `node:fs` tells it. */
export function errnoOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | undefined)?.code;
}

async function takeLock(files: Files, lock: string): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    try {
      await (await files.open(lock, "wx", 0o600)).close();
      return;
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    await breakStale(files, lock);
    if (performance.now() > until) {
      throw Object.assign(new Error(`${lock} is there: another program is changing the file`), { code: "ELOCKED" });
    }
    await delay(RETRY_MS, undefined, lock);
  }
}

/** Of several that find the same stale lock, one gets to move it; a lock that was taken meanwhile is put back. */
async function breakStale(files: Files, lock: string): Promise<void> {
  const found = await files.lstat(lock).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < STALE_MS) return;
  const moved = `${lock}.${crypto.randomUUID()}`;
  try {
    await files.rename(lock, moved);
    if ((await files.lstat(moved)).ino !== found.ino) await files.link(moved, lock);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "EEXIST") throw error;
  } finally {
    await files.rm(moved, { force: true });
  }
}

async function replace(files: Files, path: string, text: string): Promise<void> {
  const before = await files.stat(path).catch(() => undefined);
  const scratch = `${path}.${crypto.randomUUID()}`;
  const file = await files.open(scratch, "wx", 0o600);
  try {
    await file.writeFile(text, "latin1");
    const made = await file.stat();
    if (before !== undefined && (before.uid !== made.uid || before.gid !== made.gid)) {
      await file.chown(before.uid, before.gid);
    }
    await file.sync();
    await files.rename(scratch, path);
  } finally {
    await file.close();
    await files.rm(scratch, { force: true });
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
