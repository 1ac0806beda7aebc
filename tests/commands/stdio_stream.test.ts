import { describe, expect, it } from "vitest";
import { stdioStream } from "../../commands/stdio_stream.ts";
import { OutputClosed } from "../../commands/writer.ts";
import { AmtError } from "../../core/errors/mod.ts";

const silent = () => new ReadableStream<Uint8Array>();

describe("stdioStream", () => {
  it("gives up a write that nobody reads, and a read that nothing comes to, when it is destroyed", async () => {
    const output = new WritableStream<Uint8Array>({ write: () => new Promise(() => {}) });
    const stream = stdioStream({ input: silent(), output });
    const writing = stream.write(Uint8Array.of(1));
    const reading = stream.read();
    stream.destroy(true);
    await expect(writing).rejects.toMatchObject({ code: "net.connect", message: "standard output was given up" });
    expect(await reading).toBeUndefined();
  });
  it.each([[new OutputClosed(), { code: "net.connect" }], [new AmtError("io.write", "full"), { code: "io.write" }]])(
    "rejects when standard output does: %s",
    async (error, expected) => {
      const output = new WritableStream<Uint8Array>({ write: () => Promise.reject(error) });
      await expect(stdioStream({ input: silent(), output }).write(Uint8Array.of(1))).rejects.toMatchObject(expected);
    },
  );
});
