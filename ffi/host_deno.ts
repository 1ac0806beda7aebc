import { errnoNumbers } from "./errno.ts";
import type { Host, HostInterface, HostProcess, HostStat } from "./host.ts";
import { byInterface } from "./host_interfaces.ts";
import { processes } from "./host_processes.ts";
import { readAllText, unlessRefused } from "./host_text.ts";
import { libcName } from "./posix.ts";

const R_OK = 4;
const W_OK = 2;

/** {@link Host} over Deno's own calls: `node:fs` would cost 30 ms. What Deno has no call for comes from libc. */
export class DenoHost implements Host {
  #libc: HostLibc | undefined;

  get uid(): number {
    return this.#symbols.geteuid();
  }

  readText(path: string): string | undefined {
    return unlessRefused(() => {
      // Opening a pipe would wait for its writer.
      if (!Deno.statSync(path).isFile) return undefined;
      using file = Deno.openSync(path);
      return readAllText((into) => file.readSync(into) ?? 0);
    });
  }

  list(path: string): string[] {
    return unlessRefused(() => [...Deno.readDirSync(path)].map(({ name }) => name).sort()) ?? [];
  }

  readLink(path: string): string | undefined {
    return unlessRefused(() => Deno.readLinkSync(path));
  }

  stat(path: string): HostStat | undefined {
    return unlessRefused(() => {
      const stat = Deno.statSync(path);
      const kind = stat.isFile ? "file" : stat.isDirectory ? "directory" : stat.isCharDevice ? "character" : "other";
      return { kind, mode: (stat.mode ?? 0) & 0o7777, uid: stat.uid ?? 0, gid: stat.gid ?? 0 };
    });
  }

  /** Asks access(2) itself: mode bits know neither access lists, which udev grants devices by, nor capabilities. */
  access(path: string, mode: "read" | "write"): boolean | undefined {
    if (path.includes("\0")) return undefined;
    const { access, errno } = this.#symbols;
    const bytes = new TextEncoder().encode(`${path}\0`);
    const result = access(bytes, mode === "read" ? R_OK : R_OK | W_OK);
    const number = errno[0];
    if (result === 0) return true;
    return number === errnoNumbers.ENOENT || number === errnoNumbers.ENOTDIR ? undefined : false;
  }

  processes(): Iterable<HostProcess> {
    return processes(this);
  }

  networkInterfaces(): Promise<HostInterface[]> {
    return Promise.resolve(byInterface(Deno.networkInterfaces()));
  }

  get #symbols(): HostLibc {
    return this.#libc ??= hostLibc();
  }
}

type HostLibc = ReturnType<typeof hostLibc>;

function hostLibc() {
  const { symbols } = Deno.dlopen(libcName, {
    __errno_location: { parameters: [], result: "pointer" },
    access: { parameters: ["buffer", "i32"], result: "i32" },
    geteuid: { parameters: [], result: "u32" },
  });
  const errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(symbols.__errno_location()!, 4));
  return { access: symbols.access, geteuid: symbols.geteuid, errno };
}
