import { describe, expect, it } from "vitest";
import { loadLibc } from "../../ffi/load.ts";

const onNode = !("Deno" in globalThis) && !("Bun" in globalThis);

describe("loadLibc", () => {
  if (onNode) {
    it("rejects with usage when the runtime is Node", async () => {
      const expected = { code: "usage", message: expect.stringContaining("Deno or Bun") };
      await expect(loadLibc()).rejects.toMatchObject(expected);
    });
  } else {
    it("loads when the runtime is Deno or Bun", async () => {
      (await loadLibc()).dispose();
    });
  }
});
