import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Host } from "../../ffi/host.ts";
import { textLimit } from "../../ffi/host_text.ts";
import { loadHost } from "../../ffi/load.ts";

let host: Host;
let folder: string;

beforeAll(async () => {
  host = await loadHost();
  folder = mkdtempSync(`${tmpdir()}/amtctl-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("Host.readText", () => {
  it("reads an attribute of sysfs, which reports a page, as cat does", () => {
    const path = "/sys/class/net/lo/address";
    expect(host.readText(path)).toBe(execFileSync("cat", [path], { encoding: "utf8" }));
  });

  it("reads a file of /proc, which reports no size, to its end", () => {
    const path = "/proc/filesystems";
    expect(host.readText(path)).toBe(execFileSync("cat", [path], { encoding: "utf8" }));
  });

  it.each([
    ["is missing", "/sys/nonexistent"],
    ["is a folder", "/sys/class"],
    ["is a device", "/dev/zero"],
    ["may only be written (EACCES)", "/sys/bus/platform/drivers_probe"],
    ["fails to be read with EINVAL", "/sys/class/net/lo/speed"],
    ["fails to be read with EOPNOTSUPP", "/sys/class/net/lo/phys_port_id"],
    ["fails to be read with EIO", "/proc/self/mem"],
    ["has a zero in its name", "/proc/version\0"],
  ])("answers undefined when the path %s", (_, path) => {
    expect(host.readText(path)).toBeUndefined();
  });

  it("answers undefined rather than wait when the path is a pipe", () => {
    execFileSync("mkfifo", [`${folder}/pipe`]);
    expect(host.readText(`${folder}/pipe`)).toBeUndefined();
  });

  it("takes 4 MiB and no more", () => {
    writeFileSync(`${folder}/large`, "x".repeat(textLimit));
    expect(host.readText(`${folder}/large`)).toBe("x".repeat(textLimit));
    writeFileSync(`${folder}/large`, "x".repeat(textLimit + 1));
    expect(host.readText(`${folder}/large`)).toBeUndefined();
  });

  it("replaces what is not UTF-8 and keeps a byte order mark", () => {
    writeFileSync(`${folder}/bytes`, Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xff, 0x42));
    expect(host.readText(`${folder}/bytes`)).toBe("\ufeffA\ufffdB");
  });
});

describe("Host.list", () => {
  it("answers names in order", () => {
    mkdirSync(`${folder}/names`);
    for (const name of ["mei1", "b", "mei0", "a", "mei10"]) writeFileSync(`${folder}/names/${name}`, "");
    expect(host.list(`${folder}/names`)).toEqual(["a", "b", "mei0", "mei1", "mei10"]);
  });

  it("is empty when there is no such folder", () => {
    expect(host.list("/nonexistent")).toEqual([]);
    expect(host.list("/proc/version")).toEqual([]);
    expect(host.list("/proc\0")).toEqual([]);
  });
});

describe("Host.readLink", () => {
  it("answers the target as it stands in the link", () => {
    symlinkSync("../elsewhere/./mei0", `${folder}/link`);
    expect(host.readLink(`${folder}/link`)).toBe("../elsewhere/./mei0");
  });

  it("answers undefined when it is no link", () => {
    expect(host.readLink("/proc/version")).toBeUndefined();
    expect(host.readLink("/nonexistent")).toBeUndefined();
  });
});

describe("Host.stat", () => {
  it("tells kind, permission bits and owner, and follows links", () => {
    writeFileSync(`${folder}/file`, "");
    chmodSync(`${folder}/file`, 0o2640);
    symlinkSync("file", `${folder}/to-file`);
    const [uid, gid] = execFileSync("stat", ["-c", "%u %g", `${folder}/file`], { encoding: "utf8" }).split(" ");
    const expected = { kind: "file", mode: 0o2640, uid: Number(uid), gid: Number(gid) };
    expect(host.stat(`${folder}/file`)).toEqual(expected);
    expect(host.stat(`${folder}/to-file`)).toEqual(expected);
  });

  it("tells folders, character devices and the rest apart", () => {
    execFileSync("mkfifo", [`${folder}/other`]);
    const kinds = ["/proc", "/dev/null", `${folder}/other`, "/nonexistent"].map((path) => host.stat(path)?.kind);
    expect(kinds).toEqual(["directory", "character", "other", undefined]);
  });
});

describe("Host.access", () => {
  it("is undefined when the path does not exist", () => {
    for (const path of ["/nonexistent", "/proc/version/x", "/proc/version\0"]) {
      expect([host.access(path, "read"), host.access(path, "write")], path).toEqual([undefined, undefined]);
    }
  });

  it("knows what the kernel denies even to root", () => {
    const path = "/proc/sys/kernel/osrelease";
    expect([host.access(path, "read"), host.access(path, "write")]).toEqual([true, false]);
  });

  it("is true for a file of one's own", () => {
    writeFileSync(`${folder}/own`, "");
    expect([host.access(`${folder}/own`, "read"), host.access(`${folder}/own`, "write")]).toEqual([true, true]);
  });
});

describe("Host.uid", () => {
  it("is what id prints", () => {
    expect(host.uid).toBe(Number(execFileSync("id", ["-u"], { encoding: "utf8" })));
  });
});

describe("Host.processes", () => {
  it("finds this process, its name and the files that it has open", () => {
    const path = `${folder}/held`;
    const fd = openSync(path, "w");
    const own = [...host.processes()].find(({ pid }) => pid === process.pid);
    expect(own?.name).toBe(host.readText("/proc/self/comm")?.trimEnd());
    expect(own?.openFiles()).toContain(path);
    closeSync(fd);
    expect(own?.openFiles()).not.toContain(path);
  });
});
