import { abortError, AmtError } from "../core/errors/mod.ts";

export interface WriteFileOptions {
  /** Permission bits, whatever the umask. */
  readonly mode: number;
  /** Replaces a file that is there; otherwise it must not exist yet. */
  readonly replace?: boolean;
  /** Looked at until the file is in its place. */
  readonly signal?: AbortSignal;
}

/** Writes a file, whole or not at all. Rejects with `io.write` and with the signal's reason. */
export async function writeFile(path: string, bytes: Uint8Array, options: WriteFileOptions): Promise<void> {
  const { mode, replace = false, signal } = options;
  const files = await import("node:fs/promises");
  const scratch = `${path}.${crypto.randomUUID()}`;
  const check = () => {
    if (signal?.aborted) throw abortError(signal, path);
  };
  await telling(path, async () => {
    check();
    const file = await files.open(scratch, "wx", mode);
    try {
      await file.writeFile(bytes);
      await file.chmod(mode);
      await file.sync();
      check();
      if (replace) await replaced(files, scratch, path);
      else await linked(files, scratch, path);
    } finally {
      await file.close();
      await files.rm(scratch, { force: true });
    }
  });
}

/** Makes the folder that a file is to be in, and those above it. Rejects with `io.write`. */
export async function makeFolderOf(path: string): Promise<void> {
  const files = await import("node:fs/promises");
  await telling(path, () => files.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true }));
}

/** Rejects with `io.write` and this hint where something is already, so that no work is done in vain. */
export async function expectFree(path: string, hint: string): Promise<void> {
  const files = await import("node:fs/promises");
  const there = await files.lstat(path).then(() => true, () => false);
  if (there) throw exists(path, hint, undefined);
}

type Files = typeof import("node:fs/promises");

/** Of what is there only a file is replaced: as root, a rename would do away with a device node too. */
async function replaced(files: Files, scratch: string, path: string): Promise<void> {
  const there = await files.lstat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile()) throw new AmtError("io.write", `${path} is there, and is no file`);
  await files.rename(scratch, path);
}

/** Unlike a rename, a link replaces nothing that was made meanwhile. */
async function linked(files: Files, scratch: string, path: string): Promise<void> {
  try {
    await files.link(scratch, path);
  } catch (error) {
    // FAT, as on many USB sticks, has no links; there an empty file of that name comes first.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error) ?? "")) throw error;
    await (await files.open(path, "wx")).close();
    await files.rename(scratch, path);
  }
}

async function telling(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof AmtError) throw cause;
    if (codeOf(cause) === "EEXIST") throw exists(path, "It is left as it is; name another file", cause);
    throw new AmtError("io.write", `${path}: ${codeOf(cause) ?? cause}`, { cause });
  }
}

function exists(path: string, hint: string, cause: unknown): AmtError {
  return new AmtError("io.write", `${path} exists already`, { cause, hint });
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}
