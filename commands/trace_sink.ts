import { fileError } from "./file_error.ts";

/** A file that grows by whole pieces. */
export interface TraceSink {
  /**
   * When it returns all of `bytes` are with the kernel, so that they are in the file even when this process is killed.
   * Throws as {@link fileError} says; the file then ends before `bytes`.
   */
  append(bytes: Uint8Array): void;
  close(): void;
}

/**
 * Makes a file that only its owner may read, beginning with `head`. Rejects with `usage` for one that is there, or as
 * `fileError` says, and leaves nothing behind then.
 */
export async function openTraceSink(path: string, head: Uint8Array): Promise<TraceSink> {
  const files = await import("node:fs");
  let descriptor: number;
  try {
    descriptor = files.openSync(path, "wx", 0o600);
  } catch (cause) {
    throw fileError("write", path, cause);
  }
  let length = 0;
  const sink: TraceSink = {
    append(bytes) {
      try {
        for (let at = 0; at < bytes.length;) at += files.writeSync(descriptor, bytes, at);
        length += bytes.length;
      } catch (cause) {
        try {
          files.ftruncateSync(descriptor, length);
        } catch {
          // What went wrong first is told; readers stop at a block that is cut.
        }
        throw fileError("write", path, cause);
      }
    },
    close: () => files.closeSync(descriptor),
  };
  try {
    sink.append(head);
    return sink;
  } catch (error) {
    sink.close();
    files.rmSync(path, { force: true });
    throw error;
  }
}
