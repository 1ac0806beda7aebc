import { describe, expect, it } from "vitest";
import { HostTree } from "../../simulator/host_tree.ts";

function tree(uid = 0): HostTree {
  return new HostTree(uid)
    .file("/a/b/text", "content\n")
    .file("/a/b/secret", "x", { mode: 0o400 })
    .file("/a/b/mine", "y", { mode: 0o600, uid: 1000 })
    .folder("/closed", { mode: 0o700 })
    .file("/closed/inside", "z")
    .link("/a/up", "../a/b/text")
    .link("/absolute", "/a/b")
    .link("/loop", "loop")
    .link("/dangling", "nowhere")
    .device("/dev/node", { mode: 0o600 })
    .process(12, "daemon", { files: ["/dev/node"] })
    .process(7, "shell", { uid: 1000, files: ["/dev/pts/0"] });
}

describe("HostTree for root", () => {
  const host = tree();
  it("reads texts, through links too", () => {
    expect(host.readText("/a/b/text")).toBe("content\n");
    expect(host.readText("/a/up")).toBe("content\n");
    expect(host.readText("/absolute/../b/./text")).toBe("content\n");
    expect(host.readText("/a/b/secret")).toBe("x");
  });
  it.each(["/a", "/a/none", "/a/b/text/deeper", "/loop", "/dangling", "/dev/node", "/absolute/text/"])(
    "gives %s as far as it is a text",
    (path) => expect(host.readText(path)).toBe(path === "/absolute/text/" ? "content\n" : undefined),
  );
  it("lists folders in order, and nothing for the rest", () => {
    expect(host.list("/")).toEqual(["a", "absolute", "closed", "dangling", "dev", "loop", "proc"]);
    expect(host.list("/absolute")).toEqual(["mine", "secret", "text"]);
    expect(host.list("/a/b/text")).toEqual([]);
    expect(host.list("/none")).toEqual([]);
  });
  it("gives a link's target as it stands, and nothing for what is no link", () => {
    expect(host.readLink("/a/up")).toBe("../a/b/text");
    expect(host.readLink("/absolute")).toBe("/a/b");
    expect(host.readLink("/a")).toBeUndefined();
  });
  it("tells kinds, rights and owners, through links", () => {
    expect(host.stat("/dev/node")).toEqual({ kind: "character", mode: 0o600, uid: 0, gid: 0 });
    expect(host.stat("/absolute")).toMatchObject({ kind: "directory" });
    expect(host.stat("/a/b/mine")).toMatchObject({ kind: "file", uid: 1000 });
    expect(host.stat("/dangling")).toBeUndefined();
  });
  it("may do everything that there is", () => {
    expect(host.access("/a/b/secret", "write")).toBe(true);
    expect(host.access("/none", "read")).toBeUndefined();
  });
  it("shows processes by rising pid with their open files", () => {
    const seen = [...host.processes()].map((each) => [each.pid, each.name, each.openFiles()]);
    expect(seen).toEqual([[7, "shell", ["/dev/pts/0"]], [12, "daemon", ["/dev/node"]]]);
  });
});

describe("HostTree for another user", () => {
  const host = tree(1000);
  it("hides what the permission bits hide", () => {
    expect(host.readText("/a/b/text")).toBe("content\n");
    expect(host.readText("/a/b/mine")).toBe("y");
    expect(host.readText("/a/b/secret")).toBeUndefined();
    expect(host.readText("/closed/inside")).toBeUndefined();
    expect(host.list("/closed")).toEqual([]);
    expect(host.stat("/closed/inside")).toBeUndefined();
    expect(host.stat("/closed")).toMatchObject({ mode: 0o700 });
  });
  it("tells forbidden from missing by access", () => {
    expect(host.access("/dev/node", "write")).toBe(false);
    expect(host.access("/closed/inside", "read")).toBe(false);
    expect(host.access("/a/b/text", "write")).toBe(false);
    expect(host.access("/a/b/mine", "write")).toBe(true);
    expect(host.access("/a/none", "read")).toBeUndefined();
  });
  it("sees the open files of its own processes only", () => {
    const seen = [...host.processes()].map((each) => [each.pid, each.openFiles()]);
    expect(seen).toEqual([[7, ["/dev/pts/0"]], [12, []]]);
  });
});
