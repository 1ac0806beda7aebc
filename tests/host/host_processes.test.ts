import { describe, expect, it } from "vitest";
import { processes } from "../../ffi/host_processes.ts";

/** A /proc with processes 2, 10 and 300; 10 ends before it is looked at, descriptor 1 of 300 before it is read. */
function fakeProc() {
  const read: string[] = [];
  const texts: Record<string, string> = { "/proc/2/comm": "kthreadd\n", "/proc/300/comm": "a b\n\n" };
  const folders: Record<string, string[]> = { "/proc": ["10", "2", "300", "self", "sys"], "/proc/300/fd": ["0", "1"] };
  return {
    read,
    list: (path: string) => folders[path] ?? [],
    readText: (path: string) => (read.push(path), texts[path]),
    readLink: (path: string) => path === "/proc/300/fd/0" ? "/dev/mei0" : undefined,
  };
}

describe("processes", () => {
  it("answers them by rising pid and leaves out one that ended meanwhile", () => {
    expect([...processes(fakeProc())].map(({ pid, name }) => [pid, name])).toEqual([[2, "kthreadd"], [300, "a b\n"]]);
  });

  it("answers the open files, none when it may not look, and leaves out one that was closed meanwhile", () => {
    expect([...processes(fakeProc())].map((found) => found.openFiles())).toEqual([[], ["/dev/mei0"]]);
  });

  it("looks at no more processes than are asked for", () => {
    const proc = fakeProc();
    for (const _ of processes(proc)) break;
    expect(proc.read).toEqual(["/proc/2/comm"]);
  });
});
