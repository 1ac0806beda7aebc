import { abortError, AmtError } from "../core/errors/mod.ts";

/** All bytes of a stream. Rejects with `usage` beyond `limit`, with `io.read`, and with the signal's reason. */
export async function readInput(
  input: ReadableStream<Uint8Array>,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const reader = input.getReader();
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(abortError(signal, "standard input"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  interrupted.catch(() => {});
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await Promise.race([next(reader), interrupted]);
    if (done) return joined(chunks, length);
    length += value.length;
    if (length > limit) throw new AmtError("usage", `standard input: more than ${limit} bytes`);
    chunks.push(value);
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (cause) {
    throw new AmtError("io.read", `standard input: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
