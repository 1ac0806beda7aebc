import { AmtError } from "../../core/errors/mod.ts";
import { readKnownHosts, withKnownHost } from "./known_hosts_text.ts";
import { changeLockedFile, errnoOf, readBytesAsText } from "./locked_file.ts";
import type { Tell } from "./note.ts";

export interface KnownHostsOptions {
  /** Absolute; `undefined` keeps all in memory, with a warning when something would have been written. */
  readonly path: string | undefined;
  readonly tell: Tell;
}

/**
 * Where the file of known hosts is: in `$XDG_CONFIG_HOME/amtctl`, or in `$HOME/.config/amtctl`; `undefined` when neither
 * names a folder.
 */
export function knownHostsPath(env: (name: string) => string | undefined): string | undefined {
  const [config, home] = [env("XDG_CONFIG_HOME"), env("HOME")];
  // A relative one is to be ignored, says the XDG Base Directory Specification.
  if (config?.startsWith("/")) return `${config}/amtctl/known_hosts`;
  return home?.startsWith("/") ? `${home}/.config/amtctl/known_hosts` : undefined;
}

/**
 * Certificates that hosts have shown before, in a file that several programs may change at once, or in memory where
 * there is no file to be had. What cannot be written is told once, and is no error; what is there and cannot be read is.
 */
export class KnownHosts {
  readonly #path: string | undefined;
  readonly #tell: Tell;
  /** What could not be written. */
  readonly #remembered = new Map<string, string>();
  readonly #told = new Set<string>();

  constructor({ path, tell }: KnownHostsOptions) {
    this.#path = path;
    this.#tell = tell;
  }

  /** Where it is written, for messages. */
  get where(): string {
    return this.#path ?? "memory";
  }

  /**
   * Fingerprints that a place, `host:port`, may have; none when it is met for the first time. Rejects with
   * `tls.untrusted` when the file is there and cannot be read, or all that it says of the place.
   */
  async find(place: string): Promise<string[]> {
    const remembered = this.#remembered.get(key(place));
    if (remembered !== undefined) return [remembered];
    return this.#path === undefined ? [] : this.#known(place, await this.#read(this.#path));
  }

  /**
   * Writes down what a place showed at its first use. Answers what it may have now: something else, when another program
   * met it meanwhile and wrote first.
   */
  async add(place: string, fingerprint: string, date: Date): Promise<string[]> {
    const path = this.#path;
    let known = [fingerprint];
    try {
      if (path === undefined) throw new Error("neither XDG_CONFIG_HOME nor HOME names a folder");
      await changeLockedFile(path, (text) => {
        const found = this.#known(place, text);
        if (found.length > 0) known = found;
        return found.length > 0 ? undefined : withKnownHost(text, key(place), fingerprint, date);
      });
    } catch (error) {
      if (error instanceof AmtError) throw error;
      this.#remembered.set(key(place), fingerprint);
      const why = errnoOf(error) ?? (error as Error).message;
      this.#warn(`${path ?? "known hosts"}: ${why}; certificates are remembered for this run only`);
    }
    return known;
  }

  async #read(path: string): Promise<string> {
    try {
      await this.#checkMode(path);
      return await readBytesAsText(path);
    } catch (error) {
      const why = errnoOf(error) ?? (error as Error).message;
      throw new AmtError("tls.untrusted", `${path}: ${why}, so that known hosts are not known`, {
        details: { file: path, errno: errnoOf(error) },
        hint: "Let this user read the file, or name the certificate with --pin",
      });
    }
  }

  async #checkMode(path: string): Promise<void> {
    const { stat } = await import("node:fs/promises");
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return;
    // A pipe would be waited for.
    if (!found.isFile()) throw new Error("not a file");
    if ((found.mode & 0o022) !== 0) this.#warn(`${path}: others may write to it; take their right away: chmod 600`);
  }

  #known(place: string, text: string): string[] {
    const { entries, unreadable } = readKnownHosts(text);
    for (const { line } of unreadable) this.#warn(`${this.where}:${line}: no host:port and sha256:HEX; left as it is`);
    const found = entries.filter((entry) => entry.place === key(place));
    const broken = unreadable.find((each) => each.place === key(place));
    if (found.length === 0 && broken !== undefined) {
      throw new AmtError("tls.untrusted", `${place}: its line in ${this.where} (${broken.line}) cannot be read`, {
        details: { place, file: this.where, line: broken.line },
        hint: "Mend the line, or take it out and check the certificate at the next use",
      });
    }
    return found.map(({ fingerprint }) => fingerprint);
  }

  #warn(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#tell("warning", text);
  }
}

function key(place: string): string {
  return place.toLowerCase();
}
