import { describe, expect, it } from "vitest";
import { OutputClosed, writeAll } from "../../commands/writer.ts";
import { fakeRuntime } from "./fakes.ts";

const text = "0123456789".repeat(1000);
const bytes = new TextEncoder().encode(text);

function failing(code: string) {
  return () => {
    throw Object.assign(new Error("write"), { code });
  };
}

describe("writeAll", () => {
  it("goes on when a write takes a part", async () => {
    const runtime = fakeRuntime([], { write: (_stream, rest) => Math.min(rest.length, 7) });
    await writeAll(runtime, "stdout", bytes);
    expect(runtime.stdout).toBe(text);
  });
  it("asks again when a pipe is full", async () => {
    let calls = 0;
    const runtime = fakeRuntime([], {
      write: (_stream, rest) => calls++ % 2 === 0 ? failing("EAGAIN")() : Math.min(rest.length, 4096),
    });
    await writeAll(runtime, "stdout", bytes);
    expect(runtime.stdout).toBe(text);
    expect(calls).toBe(6);
  });
  it("rejects with OutputClosed when the reader went away", async () => {
    await expect(writeAll(fakeRuntime([], { write: failing("EPIPE") }), "stdout", bytes)).rejects.toBeInstanceOf(
      OutputClosed,
    );
  });
  it("rejects with io.write and the errno otherwise", async () => {
    await expect(writeAll(fakeRuntime([], { write: failing("ENOSPC") }), "stdout", bytes)).rejects.toMatchObject({
      code: "io.write",
      message: "standard output: ENOSPC",
      details: { errno: "ENOSPC" },
    });
  });
});
