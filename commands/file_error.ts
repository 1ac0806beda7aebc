import { AmtError } from "../core/errors/mod.ts";

/** What a person can have named wrongly. */
const misnamed: Readonly<Record<string, string>> = {
  EEXIST: "exists already",
  EISDIR: "is a directory",
  ENOTDIR: "leads through something that is no directory",
  ENAMETOOLONG: "is too long a name",
  ELOOP: "leads through links in a circle",
};

/**
 * The error for a file that a person named: `usage` when the name is wrong, `io.permission` for a want of rights, and
 * otherwise `io.read` or `io.write`, with the errno.
 */
export function fileError(use: "read" | "write", path: string, cause: unknown): AmtError {
  const code = errnoOf(cause);
  if (code === "ENOENT") {
    return use === "read"
      ? new AmtError("usage", `${path} does not exist`, { cause, hint: "Name a file that is there" })
      : new AmtError("usage", `${path}: there is no such folder`, {
        cause,
        hint: "Make the folder, or name another one",
      });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new AmtError("io.permission", `${path}: this user may not ${use === "read" ? "read it" : "write there"}`, {
      cause,
    });
  }
  const what = code === undefined || !Object.hasOwn(misnamed, code) ? undefined : misnamed[code];
  if (what !== undefined) return new AmtError("usage", `${path} ${what}`, { cause, hint: "Name another file" });
  return new AmtError(`io.${use}`, `${path}: ${code ?? cause}`, { cause });
}

/** The errno's name, as `node:fs` tells it. */
export function errnoOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
