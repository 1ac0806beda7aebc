import { abortError, AmtError } from "../core/errors/mod.ts";
import { fileError } from "./file_error.ts";

const CHUNK = 64 * 1024;

/**
 * All bytes of a file, whatever size it reports. Rejects with `usage` beyond `limit`, as `fileError` says, and with the
 * signal's reason.
 */
export async function readFile(path: string, limit: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const files = await import("node:fs/promises");
  try {
    const file = await files.open(path, "r");
    try {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for (let length = 0;;) {
        if (signal.aborted) throw abortError(signal, path);
        const { buffer, bytesRead } = await file.read(new Uint8Array(CHUNK), 0, CHUNK);
        if (bytesRead === 0) return new Uint8Array(await new Blob(chunks).arrayBuffer());
        length += bytesRead;
        if (length > limit) throw new AmtError("usage", `${path}: more than ${limit} bytes`);
        chunks.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof AmtError) throw cause;
    throw fileError("read", path, cause);
  }
}
