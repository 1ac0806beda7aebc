import { abortError, AmtError } from "../core/errors/mod.ts";

/** All bytes of a stream. Rejects with `usage` beyond `limit`, with `io.read`, and with the signal's reason. */
export async function readInput(
  input: ReadableStream<Uint8Array>,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of inputChunks(input, signal)) {
    length += chunk.length;
    if (length > limit) throw new AmtError("usage", `standard input: more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return joined(chunks, length);
}

/** The bytes of a stream, piece by piece. Rejects with `io.read`, and with the signal's reason. */
export async function* inputChunks(
  input: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = input.getReader();
  for (;;) {
    const { done, value } = await next(reader, signal);
    if (done) return;
    yield value;
  }
}

/** What is read after the signal has fired is lost. */
async function next(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal) {
  return await new Promise<ReadableStreamReadResult<Uint8Array>>((resolve, reject) => {
    const onAbort = () => reject(abortError(signal, "standard input"));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    reader.read().then(resolve, (cause) => {
      reject(new AmtError("io.read", `standard input: ${cause instanceof Error ? cause.message : cause}`, { cause }));
    }).finally(() => signal.removeEventListener("abort", onAbort));
  });
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
