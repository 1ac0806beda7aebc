import { describe, expect, it } from "vitest";
import { loadLibc } from "../../ffi/load.ts";

describe("loadLibc", () => {
  it("rejects in one plain sentence when the library is missing", async () => {
    await expect(loadLibc({ library: "libc.so.99" })).rejects.toMatchObject({
      name: "AmtError",
      code: "unexpected",
      message: "libc.so.99: the C library of Linux cannot be loaded",
      hint: "Devices need Linux with glibc or musl",
    });
  });
});
