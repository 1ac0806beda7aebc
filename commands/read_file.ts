import { abortError, AmtError } from "../core/errors/mod.ts";
import { fileError } from "./file_error.ts";

const CHUNK = 64 * 1024;

/**
 * All bytes of a file, whatever size it reports. Rejects with `usage` beyond `limit`, as `fileError` says, and with the
 * signal's reason.
 */
export async function readFile(path: string, limit: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of fileChunks(path, signal)) {
    length += chunk.length;
    if (length > limit) throw new AmtError("usage", `${path}: more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** The bytes of a file, piece by piece. Rejects as `fileError` says, and with the signal's reason. */
export async function* fileChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const files = await import("node:fs/promises");
  const failed = (cause: unknown) => Promise.reject(fileError("read", path, cause));
  const file = await files.open(path, "r").catch(failed);
  try {
    for (;;) {
      if (signal.aborted) throw abortError(signal, path);
      const { buffer, bytesRead } = await file.read(new Uint8Array(CHUNK), 0, CHUNK).catch(failed);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
