import { AmtError } from "../core/errors/mod.ts";
import type { Host } from "./host.ts";
import type { Libc } from "./libc.ts";
import { libcName } from "./posix.ts";
import type { SysfsWriter } from "./sysfs_writer.ts";

export interface LoadLibcOptions {
  /** File name of the C library; only a test names another than `libc.so.6`. */
  readonly library?: string;
}

/**
 * The system calls of this machine, through the adapter of this runtime. Rejects with `usage` on a runtime that has
 * none and where Deno may not use FFI, with `unexpected` where the C library of Linux cannot be loaded.
 */
export async function loadLibc({ library = libcName }: LoadLibcOptions = {}): Promise<Libc> {
  try {
    if ("Deno" in globalThis) return (await import("./libc_deno.ts")).denoLibc(library);
    if ("Bun" in globalThis) return await (await import("./libc_bun.ts")).bunLibc(library);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "NotCapable") {
      throw new AmtError("usage", `${library}: Deno may not use FFI`, { cause, hint: "Run Deno with -A" });
    }
    throw new AmtError("unexpected", `${library}: the C library of Linux cannot be loaded`, {
      cause,
      hint: "Devices need Linux with glibc or musl",
    });
  }
  throw new AmtError("usage", "Devices need Deno or Bun, this is another runtime", {
    hint: "Run amtctl with Deno or Bun; --device sim works without",
  });
}

/** The door to what this machine lets be changed in /sys. */
export async function loadSysfsWriter(): Promise<SysfsWriter> {
  return await (await import("./sysfs_writer.ts")).nodeSysfsWriter();
}

/** The door to this machine's files and processes, through the adapter of this runtime. */
export async function loadHost(): Promise<Host> {
  if ("Deno" in globalThis) return new (await import("./host_deno.ts")).DenoHost();
  const { NodeHost } = await import("./host_node.ts");
  return new NodeHost(await import("node:fs"));
}
