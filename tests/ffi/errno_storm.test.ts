import { describe, expect, it } from "vitest";
import { loadLibc } from "../../ffi/load.ts";
import { Child } from "./child.ts";
import { errnoStorm } from "./errno_storm.ts";

describe("errno", () => {
  it("is right 100,000 times when memory is collected and files are read beside it", async () => {
    const libc = await loadLibc();
    const { wrong, backgroundReads } = await errnoStorm(libc, 100_000);
    libc.dispose();
    expect(wrong).toEqual([]);
    expect(backgroundReads).toBeGreaterThan(10);
  }, 60_000);

  if ("Deno" in globalThis) {
    // Not --stress-scavenge: with it, Deno 2.9.6 crashes at its end once in some hundred runs, without FFI too.
    it("is right 30,000 times when V8 collects at every 500th allocation", async () => {
      const child = new Child("errno_storm.ts", [], { v8Flags: "--gc-interval=500" });
      expect(await child.exited, child.errors).toBe(0);
      expect(JSON.parse(child.output)).toMatchObject({ calls: 30_000, wrong: [] });
    }, 120_000);
  }
});
