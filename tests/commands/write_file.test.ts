import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectFree, makeFolderOf, writeFile } from "../../commands/write_file.ts";
import { AmtError } from "../../core/errors/mod.ts";

const text = new TextEncoder().encode("text\n");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amtctl-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

describe("writeFile", () => {
  it.each([0o644, 0o600])("makes the file with the mode %o, and nothing beside it", async (mode) => {
    await writeFile(at("x"), text, { mode });
    expect(readFileSync(at("x"), "utf8")).toBe("text\n");
    expect(statSync(at("x")).mode & 0o777).toBe(mode);
    expect(readdirSync(folder)).toEqual(["x"]);
  });
  it("rejects with io.write and leaves what was there when the file exists", async () => {
    writeFileSync(at("x"), "before");
    await expect(writeFile(at("x"), text, { mode: 0o644 })).rejects.toMatchObject({
      code: "io.write",
      message: `${at("x")} exists already`,
    });
    expect(readFileSync(at("x"), "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["x"]);
  });
  it("replaces a file when it is to, its mode too", async () => {
    writeFileSync(at("x"), "before", { mode: 0o644 });
    await writeFile(at("x"), text, { mode: 0o600, replace: true });
    expect(readFileSync(at("x"), "utf8")).toBe("text\n");
    expect(statSync(at("x")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["x"]);
  });
  it("replaces nothing but a file", async () => {
    writeFileSync(at("target"), "before");
    symlinkSync("target", at("link"));
    mkdirSync(at("folder"));
    for (const name of ["link", "folder"]) {
      const message = `${at(name)} is there, and is no file`;
      await expect(writeFile(at(name), text, { mode: 0o600, replace: true })).rejects.toMatchObject({ message });
    }
    expect(readFileSync(at("target"), "utf8")).toBe("before");
    expect(readdirSync(folder).sort()).toEqual(["folder", "link", "target"]);
  });
  it("rejects with io.write when there is no such folder", async () => {
    await expect(writeFile(at("no/x"), text, { mode: 0o600 })).rejects.toMatchObject({
      code: "io.write",
      message: `${at("no/x")}: ENOENT`,
    });
  });
  it("leaves nothing behind when it is interrupted before the file is in its place", async () => {
    const reason = new AmtError("cancelled", "interrupted");
    let asked = 0;
    const signal = {
      get aborted() {
        return ++asked > 1;
      },
      reason,
    } as AbortSignal;
    await expect(writeFile(at("x"), text, { mode: 0o600, signal })).rejects.toBe(reason);
    expect(asked).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves nothing behind when the disk is full", async ({ skip }) => {
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], { stdio: "ignore" });
    } catch {
      return skip("this user may not mount a small disk");
    }
    try {
      await expect(writeFile(at("x"), new Uint8Array(64 * 1024), { mode: 0o600 })).rejects.toMatchObject({
        code: "io.write",
        message: `${at("x")}: ENOSPC`,
      });
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      execFileSync("umount", [folder]);
    }
  });
});

describe("makeFolderOf", () => {
  it("makes the folders above a file", async () => {
    await makeFolderOf(at("a/b/x.rules"));
    expect(statSync(at("a/b")).isDirectory()).toBe(true);
  });
  it("rejects with io.write when a file is in the way", async () => {
    writeFileSync(at("file"), "");
    await expect(makeFolderOf(at("file/x.rules"))).rejects.toMatchObject({ code: "io.write" });
  });
});

describe("expectFree", () => {
  it("rejects with its hint when anything is there, a link to nothing too", async () => {
    symlinkSync("nowhere", at("x"));
    await expect(expectFree(at("x"), "another name")).rejects.toMatchObject({ code: "io.write", hint: "another name" });
  });
  it("resolves when nothing is there", async () => {
    await expectFree(at("x"), "");
  });
});
