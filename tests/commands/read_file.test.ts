import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileError } from "../../commands/file_error.ts";
import { readFile } from "../../commands/read_file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amtctl-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (path: string, limit = 100) => readFile(path, limit, new AbortController().signal);

describe("readFile", () => {
  it("reads a file up to its limit, and rejects with usage beyond it", async () => {
    const path = join(folder, "x");
    writeFileSync(path, "four");
    expect(new TextDecoder().decode(await read(path, 4))).toBe("four");
    await expect(read(path, 3)).rejects.toMatchObject({ code: "usage", message: `${path}: more than 3 bytes` });
  });
  it("rejects with usage when there is no such file, or a directory", async () => {
    const path = join(folder, "none");
    await expect(read(path)).rejects.toMatchObject({ code: "usage", message: `${path} does not exist` });
    await expect(read(folder)).rejects.toMatchObject({ code: "usage", message: `${folder} is a directory` });
  });
});

describe("fileError", () => {
  it.each(
    [
      ["read", "EACCES", "io.permission", "f: this user may not read it"],
      ["write", "EPERM", "io.permission", "f: this user may not write there"],
      ["read", "EIO", "io.read", "f: EIO"],
      ["write", "ENOSPC", "io.write", "f: ENOSPC"],
      ["write", "EROFS", "io.write", "f: EROFS"],
      ["write", "constructor", "io.write", "f: constructor"],
    ] as const,
  )("%s with %s is %s", (use, errno, code, message) => {
    expect(fileError(use, "f", Object.assign(new Error(), { code: errno }))).toMatchObject({ code, message });
  });
  it("tells what has no errno as it is", () => {
    expect(fileError("read", "f", new Error("odd"))).toMatchObject({ code: "io.read", message: "f: Error: odd" });
  });
});
