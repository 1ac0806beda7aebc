import type { Host, HostInterface, HostProcess, HostStat } from "../ffi/host.ts";
import { processes } from "../ffi/host_processes.ts";

interface Directory {
  readonly kind: "directory";
  readonly mode: number;
  readonly uid: number;
  readonly entries: Map<string, Entry>;
}

interface File {
  readonly kind: "file" | "character";
  readonly mode: number;
  readonly uid: number;
  readonly text: string;
}

interface Link {
  readonly kind: "link";
  readonly target: string;
}

type Entry = Directory | File | Link;

/** Where a path leads: what lies on the way from the root, and how many links it took. */
type Place = { readonly passed: readonly Entry[]; readonly links: number } | "missing" | "forbidden";

/** Permission bits, and the owner where it is not root. */
interface Rights {
  readonly mode?: number;
  readonly uid?: number;
}

const READ = 4;
const WRITE = 2;
const SEARCH = 1;
/** Links that one path may pass, as in Linux. */
const MOST_LINKS = 40;

/**
 * A file system in memory, seen by one user: folders, text, links, device nodes, each with an owner and permission
 * bits that hold for everybody but root. Writing a path makes the folders above it.
 */
export class HostTree implements Host {
  readonly uid: number;
  readonly #root: Directory = directory({});
  /** Folders by their path without links. */
  readonly #made = new Map<string, Directory>([["", this.#root]]);
  readonly #interfaces: HostInterface[] = [];
  /** Where paths of folders lead, as looked up since the last entry was made. */
  readonly #passed = new Map<string, Place>();

  constructor(uid = 0) {
    this.uid = uid;
  }

  folder(path: string, rights: Rights = {}): this {
    return this.#put(path, directory(rights));
  }

  file(path: string, text: string, { mode = 0o444, uid = 0 }: Rights = {}): this {
    return this.#put(path, { kind: "file", text, mode, uid });
  }

  /** Texts of one folder by their names, readable by all. */
  files(folder: string, texts: Readonly<Record<string, string>>): this {
    const { entries } = this.#folderFor(folder);
    for (const [name, text] of Object.entries(texts)) {
      if (entries.has(name)) throw new Error(`${folder}/${name}: exists already`);
      entries.set(name, { kind: "file", text, mode: 0o444, uid: 0 });
    }
    this.#passed.clear();
    return this;
  }

  link(path: string, target: string): this {
    return this.#put(path, { kind: "link", target });
  }

  device(path: string, { mode = 0o600, uid = 0 }: Rights = {}): this {
    return this.#put(path, { kind: "character", text: "", mode, uid });
  }

  /** Takes away what stands at a path without links, and all below it. */
  remove(path: string): this {
    const [folder, name] = this.#place(path);
    if (folder?.entries.delete(name) !== true) throw new Error(`${path}: nothing is there`);
    for (const made of [...this.#made.keys()]) {
      if (made === path || made.startsWith(`${path}/`)) this.#made.delete(made);
    }
    this.#passed.clear();
    return this;
  }

  /** Gives a file at a path without links another text. */
  rewrite(path: string, text: string): this {
    const [folder, name] = this.#place(path);
    const entry = folder?.entries.get(name);
    if (folder === undefined || entry?.kind !== "file") throw new Error(`${path}: no file is there`);
    folder.entries.set(name, { ...entry, text });
    return this;
  }

  /** What /proc shows of a process. */
  process(pid: number, name: string, { uid = 0, files = [] as readonly string[] } = {}): this {
    this.file(`/proc/${pid}/comm`, `${name}\n`, { uid }).folder(`/proc/${pid}/fd`, { mode: 0o500, uid });
    files.forEach((target, fd) => this.link(`/proc/${pid}/fd/${fd}`, target));
    return this;
  }

  readText(path: string): string | undefined {
    const entry = this.#find(path, true);
    return typeof entry === "object" && entry.kind === "file" && this.#may(entry, READ) ? entry.text : undefined;
  }

  list(path: string): string[] {
    const entry = this.#find(path, true);
    if (typeof entry !== "object" || entry.kind !== "directory" || !this.#may(entry, READ)) return [];
    return [...entry.entries.keys()].sort();
  }

  readLink(path: string): string | undefined {
    const entry = this.#find(path, false);
    return typeof entry === "object" && entry.kind === "link" ? entry.target : undefined;
  }

  stat(path: string): HostStat | undefined {
    const entry = this.#find(path, true);
    if (typeof entry !== "object" || entry.kind === "link") return undefined;
    return { kind: entry.kind, mode: entry.mode, uid: entry.uid, gid: 0 };
  }

  access(path: string, mode: "read" | "write"): boolean | undefined {
    const entry = this.#find(path, true);
    if (entry === "missing") return undefined;
    return entry !== "forbidden" && entry.kind !== "link" && this.#may(entry, mode === "read" ? READ : WRITE);
  }

  processes(): Iterable<HostProcess> {
    return processes(this);
  }

  networkInterface(each: HostInterface): this {
    this.#interfaces.push(each);
    return this;
  }

  networkInterfaces(): Promise<HostInterface[]> {
    return Promise.resolve([...this.#interfaces]);
  }

  #put(path: string, entry: Entry): this {
    const slash = path.lastIndexOf("/");
    const last = path.slice(slash + 1);
    const folder = this.#folderFor(path.slice(0, Math.max(slash, 0)));
    if (last === "" || folder.entries.has(last)) throw new Error(`${path}: exists already`);
    folder.entries.set(last, entry);
    this.#passed.clear();
    return this;
  }

  /** The folder that a path without links is in, if it is there, and the name in it. */
  #place(path: string): [Directory | undefined, string] {
    const [, ...names] = path.split("/");
    const last = names.pop() ?? "";
    let at: Entry | undefined = this.#root;
    for (const name of names) at = at?.kind === "directory" ? at.entries.get(name) : undefined;
    return [at?.kind === "directory" ? at : undefined, last];
  }

  /** The folder at a path without links, made where it is missing. */
  #folderFor(path: string): Directory {
    const known = this.#made.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const above = this.#folderFor(path.slice(0, Math.max(slash, 0)));
    const folder = name === "" ? above : above.entries.get(name) ?? directory({});
    if (folder.kind !== "directory") throw new Error(`${path} is no folder`);
    if (name !== "") above.entries.set(name, folder);
    this.#made.set(path, folder);
    return folder;
  }

  /** Attributes of one device are read one after another, so the way to a folder is kept. */
  #find(path: string, followLast: boolean): Entry | "missing" | "forbidden" {
    const slash = path.lastIndexOf("/");
    const folder = path.slice(0, Math.max(slash, 0));
    let place = this.#passed.get(folder);
    if (place === undefined) {
      place = this.#walk({ passed: [this.#root], links: 0 }, folder, true);
      this.#passed.set(folder, place);
    }
    place = this.#walk(place, path.slice(slash + 1), followLast);
    return typeof place === "string" ? place : place.passed.at(-1)!;
  }

  #walk(from: Place, path: string, followLast: boolean): Place {
    if (typeof from === "string") return from;
    const ahead = path.split("/");
    let passed = [...from.passed];
    let { links } = from;
    for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
      if (name === "" || name === ".") continue;
      const here = passed.at(-1)!;
      if (here.kind !== "directory") return "missing";
      if (!this.#may(here, SEARCH)) return "forbidden";
      if (name === "..") {
        if (passed.length > 1) passed.pop();
        continue;
      }
      const entry = here.entries.get(name);
      if (entry === undefined) return "missing";
      if (entry.kind === "link" && (followLast || ahead.some((next) => next !== ""))) {
        if (++links > MOST_LINKS) return "missing";
        if (entry.target.startsWith("/")) passed = [this.#root];
        ahead.unshift(...entry.target.split("/"));
      } else {
        passed.push(entry);
      }
    }
    return { passed, links };
  }

  #may(entry: Directory | File, right: number): boolean {
    const shift = entry.uid === this.uid ? 6 : 0;
    return this.uid === 0 || ((entry.mode >> shift) & right) !== 0;
  }
}

function directory({ mode = 0o755, uid = 0 }: Rights): Directory {
  return { kind: "directory", mode, uid, entries: new Map() };
}
