import { onInterrupt } from "../ffi/signals.ts";
import type { Runtime } from "./context.ts";

/**
 * As much as a pipe takes whole or not at all (`PIPE_BUF`). Of a larger piece that a nonblocking pipe took in part Deno
 * does not tell the count (2.9.6), and the rest would be lost or the beginning sent twice.
 */
const PIECE = 4096;

/** Deno. Nothing here touches `process` or a `node:` module: that alone would double the start-up time. */
export const runtime: Runtime = {
  name: "deno",
  version: Deno.version.deno,
  platform: { os: Deno.build.os, arch: Deno.build.arch },
  args: Deno.args,
  env: (name) => Deno.env.get(name),
  isTerminal: (stream) => Deno[stream].isTerminal(),
  write: (stream, bytes) => Deno[stream].write(bytes.subarray(0, PIECE)),
  input: () => Deno.stdin.readable,
  onInterrupt,
  exit: (code) => Deno.exit(code),
};
