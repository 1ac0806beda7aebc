import type { Host, HostProcess, HostStat } from "../../ffi/host.ts";

/** A machine for a test: text is a file, `{ link }` a link; folders follow from the paths. */
export type Tree = Readonly<Record<string, string | { readonly link: string }>>;

export interface TreeHostOptions {
  readonly uid?: number;
  readonly stats?: Readonly<Record<string, HostStat>>;
  readonly processes?: readonly { readonly pid: number; readonly name: string }[];
}

/** A {@link Host} over a tree of literals. */
export function treeHost(tree: Tree, options: TreeHostOptions = {}): Host {
  const paths = Object.keys(tree);
  return {
    uid: options.uid ?? 1000,
    readText(path) {
      const found = tree[path];
      return typeof found === "string" ? found : undefined;
    },
    list(path) {
      const names = paths.filter((each) => each.startsWith(`${path}/`)).map((each) => {
        return each.slice(path.length + 1).split("/")[0]!;
      });
      return [...new Set(names)].sort();
    },
    readLink(path) {
      const found = tree[path];
      return typeof found === "object" ? found.link : undefined;
    },
    stat(path) {
      const known = options.stats?.[path];
      if (known !== undefined) return known;
      const isThere = paths.some((each) => each === path || each.startsWith(`${path}/`));
      return isThere ? { kind: "file", mode: 0o444, uid: 0, gid: 0 } : undefined;
    },
    access(path) {
      const stat = this.stat(path);
      return stat === undefined ? undefined : (options.uid ?? 1000) === 0 || (stat.mode & 0o002) !== 0;
    },
    processes: () => (options.processes ?? []).map((each): HostProcess => ({ ...each, openFiles: () => [] })),
    networkInterfaces: () => Promise.resolve([]),
  };
}
