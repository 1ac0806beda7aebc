import { AmtError } from "../core/errors/mod.ts";

/** The one door to what a command changes in /sys; `Host` only reads. */
export interface SysfsWriter {
  /**
   * One write to an attribute that is there. It settles when the kernel has done what was asked, say bound a driver,
   * which can take as long as the firmware does. Rejects as {@link sysfsWriteError} says.
   */
  writeText(path: string, text: string): Promise<void>;
}

/** `mei.permission` or `io.write`, for an errno by its name. */
export function sysfsWriteError(path: string, errno: string, cause?: unknown): AmtError {
  const options = { details: { path, errno }, ...(cause === undefined ? {} : { cause }) };
  if (["EACCES", "EPERM", "EROFS"].includes(errno)) {
    return new AmtError("mei.permission", `${path}: this user may not write it`, {
      ...options,
      hint: "Run it as root",
    });
  }
  return new AmtError("io.write", `${path}: ${errno}`, options);
}

/** {@link SysfsWriter} over `node:fs`, which every runtime has. */
export async function nodeSysfsWriter(): Promise<SysfsWriter> {
  const { constants, promises } = await import("node:fs");
  return {
    async writeText(path, text) {
      try {
        // Neither made nor cut: what is not there is not in /sys.
        const file = await promises.open(path, constants.O_WRONLY);
        try {
          await file.write(text);
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw sysfsWriteError(path, String((cause as { code?: unknown }).code ?? cause), cause);
      }
    },
  };
}
