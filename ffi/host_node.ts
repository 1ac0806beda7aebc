import type { Host, HostInterface, HostProcess, HostStat } from "./host.ts";
import { byInterface } from "./host_interfaces.ts";
import { processes } from "./host_processes.ts";
import { readAllText, unlessRefused } from "./host_text.ts";

/** {@link Host} over `node:fs`, for Bun and Node. */
export class NodeHost implements Host {
  readonly #fs: typeof import("node:fs");

  /** Takes the module rather than importing it, so that only who needs it loads it. */
  constructor(fs: typeof import("node:fs")) {
    this.#fs = fs;
  }

  get uid(): number {
    return process.geteuid?.() ?? 0;
  }

  readText(path: string): string | undefined {
    return unlessRefused(() => {
      // Opening a pipe would wait for its writer.
      if (!this.#fs.statSync(path).isFile()) return undefined;
      const fd = this.#fs.openSync(path, "r");
      try {
        return readAllText((into) => this.#fs.readSync(fd, into));
      } finally {
        this.#fs.closeSync(fd);
      }
    });
  }

  list(path: string): string[] {
    return unlessRefused(() => this.#fs.readdirSync(path).sort()) ?? [];
  }

  readLink(path: string): string | undefined {
    return unlessRefused(() => this.#fs.readlinkSync(path));
  }

  stat(path: string): HostStat | undefined {
    return unlessRefused(() => {
      const stat = this.#fs.statSync(path);
      const kind = stat.isFile()
        ? "file"
        : stat.isDirectory()
        ? "directory"
        : stat.isCharacterDevice()
        ? "character"
        : "other";
      return { kind, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
    });
  }

  access(path: string, mode: "read" | "write"): boolean | undefined {
    if (path.includes("\0")) return undefined;
    const { R_OK, W_OK } = this.#fs.constants;
    try {
      this.#fs.accessSync(path, mode === "read" ? R_OK : R_OK | W_OK);
      return true;
    } catch (error) {
      const { code } = error as { code?: unknown };
      return code === "ENOENT" || code === "ENOTDIR" ? undefined : false;
    }
  }

  processes(): Iterable<HostProcess> {
    return processes(this);
  }

  async networkInterfaces(): Promise<HostInterface[]> {
    const { networkInterfaces } = await import("node:os");
    return byInterface(
      Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
        addresses.map((each) => ({ ...each, name }))
      ),
    );
  }
}
