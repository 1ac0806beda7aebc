import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadSysfsWriter } from "../../ffi/load.ts";

let folder: string;

beforeAll(() => void (folder = mkdtempSync(`${tmpdir()}/amtctl-`)));
afterAll(() => rmSync(folder, { recursive: true }));

describe("SysfsWriter.writeText", () => {
  it("writes to an attribute that is there", async () => {
    const path = `${folder}/unbind`;
    writeFileSync(path, "");
    await (await loadSysfsWriter()).writeText(path, "0000:00:16.0");
    expect(readFileSync(path, "utf8")).toBe("0000:00:16.0");
  });
  it("makes no file where there is none", async () => {
    const path = `${folder}/missing`;
    await expect((await loadSysfsWriter()).writeText(path, "x")).rejects.toMatchObject({
      code: "io.write",
      message: `${path}: ENOENT`,
    });
    expect(readdirSync(folder)).not.toContain("missing");
  });
  it("names the errno of an attribute that takes no such text", async () => {
    const path = "/proc/self/oom_score_adj";
    await expect((await loadSysfsWriter()).writeText(path, "no number")).rejects.toMatchObject({
      code: "io.write",
      details: { path, errno: "EINVAL" },
    });
  });
  it("rejects with mei.permission when it may not be written, which sysfs does not let root do either", async () => {
    const path = "/sys/class/net/lo/address";
    await expect((await loadSysfsWriter()).writeText(path, "x")).rejects.toMatchObject({
      code: "mei.permission",
      details: { path, errno: "EACCES" },
    });
  });
});
