import type { Host, HostProcess } from "./host.ts";

/** The processes that /proc shows, by rising pid; one that ends in between is left out. */
export function* processes(host: Pick<Host, "list" | "readText" | "readLink">): Generator<HostProcess> {
  const pids = host.list("/proc").filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b);
  for (const pid of pids) {
    const name = host.readText(`/proc/${pid}/comm`);
    if (name === undefined) continue;
    yield { pid, name: name.replace(/\n$/, ""), openFiles: () => openFiles(host, `/proc/${pid}/fd`) };
  }
}

function openFiles(host: Pick<Host, "list" | "readLink">, folder: string): string[] {
  return host.list(folder).map((name) => host.readLink(`${folder}/${name}`)).filter((target) => target !== undefined);
}
