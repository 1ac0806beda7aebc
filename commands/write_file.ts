import { abortError, AmtError } from "../core/errors/mod.ts";
import { errnoOf, fileError } from "./file_error.ts";

interface WriteFileOptions {
  /** Permission bits, whatever the umask. */
  readonly mode: number;
  /** Replaces a file that is there; otherwise it must not exist yet. */
  readonly replace?: boolean;
  /** Looked at until the file is in its place. */
  readonly signal?: AbortSignal;
}

/** Writes a file, whole or not at all. Rejects as {@link fileError} says, and with the signal's reason. */
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

/** Makes the folder that a file is to be in, and those above it. Rejects as {@link fileError} says. */
export async function makeFolderOf(path: string): Promise<void> {
  const files = await import("node:fs/promises");
  await telling(path, () => files.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true }));
}

/**
 * Rejects as {@link writeFile} with these options would, so that no work is done in vain; a file that must not be
 * replaced is told with this hint. What only the write itself shows, such as a full disk, it cannot know.
 */
export async function expectWritable(path: string, replace: boolean, hint: string): Promise<void> {
  const files = await import("node:fs/promises");
  await telling(path, async () => {
    const there = await statOf(files, path);
    if (there !== undefined) expectFile(path, there);
    if (there !== undefined && !replace) throw new AmtError("usage", `${path} exists already`, { hint });
    const folder = path.slice(0, path.lastIndexOf("/") + 1) || ".";
    await files.access(folder, files.constants.W_OK | files.constants.X_OK);
  });
}

type Files = typeof import("node:fs/promises");
type Stats = Awaited<ReturnType<Files["lstat"]>>;

/** Of what is there only a file is replaced: as root, a rename would do away with a device node too. */
async function replaced(files: Files, scratch: string, path: string): Promise<void> {
  const there = await statOf(files, path);
  if (there !== undefined) expectFile(path, there);
  await files.rename(scratch, path);
}

/** Unlike a rename, a link replaces nothing that was made meanwhile. */
async function linked(files: Files, scratch: string, path: string): Promise<void> {
  try {
    await files.link(scratch, path);
  } catch (error) {
    // FAT, as on many USB sticks, has no links; there an empty file of that name comes first.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(errnoOf(error) ?? "")) throw error;
    await (await files.open(path, "wx")).close();
    await files.rename(scratch, path);
  }
}

async function telling(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw cause instanceof AmtError ? cause : fileError("write", path, cause);
  }
}

/** Of the path itself, be it a link; `undefined` where nothing is. */
async function statOf(files: Files, path: string): Promise<Stats | undefined> {
  return await files.lstat(path).catch((error) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  });
}

function expectFile(path: string, there: Stats): void {
  if (there.isFile()) return;
  if (there.isDirectory()) throw new AmtError("usage", `${path} is a directory`, { hint: "Name a file in it" });
  throw new AmtError("usage", `${path} is there, and is no file`, { hint: "Name another file" });
}
