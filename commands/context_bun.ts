import { onInterrupt } from "../ffi/signals.ts";
import type { Runtime } from "./context.ts";

/** What is used of Bun's own global; its package of types would give all other runtimes one too. */
declare const Bun: {
  readonly version: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: { stream(): ReadableStream<Uint8Array> };
};

const descriptors = { stdout: 1, stderr: 2 } as const;
/** Major number of /dev/null and its like. */
const MEMORY_DEVICES = 1;

/**
 * Bun. `process.stdout` is never touched, since it costs more than the whole start, and `node:tty` only for what may
 * be a terminal. `Bun.write` is no way out: it reserves room in files that are appended to, which leaves zeros there,
 * and on a nonblocking pipe it sends parts twice (1.4.5).
 */
export const runtime: Runtime = {
  name: "bun",
  version: Bun.version,
  platform: { os: process.platform, arch: process.arch === "x64" ? "x86_64" : process.arch },
  args: Bun.argv.slice(2),
  env: (name) => Bun.env[name],
  isTerminal(stream) {
    const stat = files().fstatSync(descriptors[stream]);
    if (!stat.isCharacterDevice() || stat.rdev >> 8 === MEMORY_DEVICES) return false;
    return process.getBuiltinModule("node:tty").isatty(descriptors[stream]);
  },
  write(stream, bytes) {
    return new Promise((resolve, reject) => {
      files().write(descriptors[stream], bytes, (error, count) => error === null ? resolve(count) : reject(error));
    });
  },
  input: () => Bun.stdin.stream(),
  onInterrupt,
  exit: (code) => process.exit(code),
};

function files(): typeof import("node:fs") {
  return process.getBuiltinModule("node:fs");
}
