import { onInterrupt } from "../ffi/signals.ts";
import type { Runtime } from "./context.ts";

const descriptors = { stdout: 1, stderr: 2 } as const;

/** Node, for what needs no device: its own releases have no FFI that this program uses. */
export const runtime: Runtime = {
  name: "node",
  version: process.version.slice(1),
  platform: { os: process.platform, arch: process.arch === "x64" ? "x86_64" : process.arch },
  args: process.argv.slice(2),
  env: (name) => process.env[name],
  isTerminal: (stream) => process[stream].isTTY === true,
  async write(stream, bytes) {
    const files = await import("node:fs");
    return await new Promise((resolve, reject) => {
      files.write(descriptors[stream], bytes, (error, count) => error === null ? resolve(count) : reject(error));
    });
  },
  input: () => ReadableStream.from(process.stdin),
  onInterrupt,
  exit: (code) => process.exit(code),
};
