import { AmtError } from "../core/errors/mod.ts";
import type { Runtime } from "./context.ts";

/** The reader of standard output went away; for a program in a pipe that is no failure. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 32;

/**
 * Writes all bytes, however small the pieces that the other side takes; a pipe that is full and does not block is
 * asked again. Rejects with {@link OutputClosed}, or with `io.write`.
 */
export async function writeAll(runtime: Runtime, stream: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  for (let at = 0; at < bytes.length;) {
    try {
      at += await runtime.write(stream, bytes.subarray(at));
      pause = FIRST_PAUSE_MS;
    } catch (cause) {
      const code = (cause as { code?: unknown }).code;
      if (code === "EPIPE") throw new OutputClosed();
      if (code !== "EAGAIN") throw writeError(stream, code, cause);
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }
}

function writeError(stream: "stdout" | "stderr", code: unknown, cause: unknown): AmtError {
  const name = stream === "stdout" ? "standard output" : "standard error";
  const reason = typeof code === "string" ? code : String(cause);
  return new AmtError("io.write", `${name}: ${reason}`, { cause, details: { errno: code ?? null } });
}
