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
import { expectWritable, makeFolderOf, writeFile } from "../../commands/write_file.ts";
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
  it("rejects with usage and leaves what was there when the file exists", async () => {
    writeFileSync(at("x"), "before");
    await expect(writeFile(at("x"), text, { mode: 0o644 })).rejects.toMatchObject({
      code: "usage",
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
    for (const [name, what] of [["link", "is there, and is no file"], ["folder", "is a directory"]] as const) {
      const error = { code: "usage", message: `${at(name)} ${what}` };
      await expect(writeFile(at(name), text, { mode: 0o600, replace: true })).rejects.toMatchObject(error);
      await expect(expectWritable(at(name), true, "")).rejects.toMatchObject(error);
    }
    expect(readFileSync(at("target"), "utf8")).toBe("before");
    expect(readdirSync(folder).sort()).toEqual(["folder", "link", "target"]);
  });
  it.each([
    ["no/x", "no/x: there is no such folder"],
    ["file/x", "file/x leads through something that is no directory"],
    ["x".repeat(300), `${"x".repeat(300)} is too long a name`],
  ])("rejects with usage when the path is %s, before the work too", async (path, message) => {
    writeFileSync(at("file"), "");
    const error = { code: "usage", message: at(message) };
    await expect(writeFile(at(path), text, { mode: 0o600 })).rejects.toMatchObject(error);
    await expect(expectWritable(at(path), false, "")).rejects.toMatchObject(error);
  });
  it("rejects with io.permission when this user may not write there", async () => {
    // Nobody makes a file here, root neither.
    await expect(writeFile("/dev/pts/x", text, { mode: 0o600 })).rejects.toMatchObject({
      code: "io.permission",
      exitCode: 4,
      message: "/dev/pts/x: this user may not write there",
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
  it("rejects when a file is in the way", async () => {
    writeFileSync(at("file"), "");
    await expect(makeFolderOf(at("file/x.rules"))).rejects.toMatchObject({ code: "usage" });
  });
});

describe("expectWritable", () => {
  it("rejects with its hint when a file is there that must not be replaced", async () => {
    writeFileSync(at("x"), "");
    const error = { code: "usage", message: `${at("x")} exists already`, hint: "another name" };
    await expect(expectWritable(at("x"), false, "another name")).rejects.toMatchObject(error);
    await expectWritable(at("x"), true, "");
  });
  it("rejects when a link to nothing is there", async () => {
    symlinkSync("nowhere", at("x"));
    await expect(expectWritable(at("x"), false, "")).rejects.toMatchObject({
      message: `${at("x")} is there, and is no file`,
    });
  });
  it("resolves when nothing is there, in this folder too", async () => {
    await expectWritable(at("x"), false, "");
    await expectWritable("no-such-file-is-here", false, "");
  });
});
