import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { fromDuplex } from "../../transport/duplex.ts";
import { nextTurn } from "../../transport/eager_tries.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => data && new TextDecoder().decode(data);

/** Lets whatever can happen without more input happen. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTurn();
}

/** A stream whose other side is the test. */
function scripted() {
  const written: string[] = [];
  const pending: ((error?: Error) => void)[] = [];
  const duplex = new Duplex({
    allowHalfOpen: true,
    read() {},
    write(chunk, _encoding, done) {
      written.push(text(chunk)!);
      pending.push(done);
    },
    final(done) {
      written.push("FIN");
      done();
    },
  });
  return { duplex, written, accept: () => pending.shift()!() };
}

describe("fromDuplex", () => {
  it("gives what comes, then the end", async () => {
    const { duplex } = scripted();
    const { readable } = fromDuplex(duplex, "peer");
    duplex.push(bytes("one"));
    const reader = readable.getReader();
    const first = await reader.read();
    expect(first.value).toEqual(bytes("one"));
    duplex.push(bytes("two"));
    duplex.push(null);
    expect(text((await reader.read()).value)).toBe("two");
    expect((await reader.read()).done).toBe(true);
    duplex.destroy();
  });
  it("leaves what nobody reads to the stream", async () => {
    const { duplex } = scripted();
    fromDuplex(duplex, "peer");
    for (let i = 0; i < 4; i++) duplex.push(bytes("chunk"));
    await settled();
    expect(duplex.readableLength).toBe(20);
    duplex.destroy();
  });
  it("does a write when the stream has", async () => {
    const { duplex, written, accept } = scripted();
    const writer = fromDuplex(duplex, "peer").writable.getWriter();
    let done = 0;
    void writer.write(bytes("a")).then(() => done++);
    void writer.write(bytes("b")).then(() => done++);
    await settled();
    expect([written, done]).toEqual([["a"], 0]);
    accept();
    await settled();
    expect([written, done]).toEqual([["a", "b"], 1]);
    accept();
    await settled();
    duplex.destroy();
  });
  it("ends one direction alone when the writable is closed", async () => {
    const { duplex, written } = scripted();
    const { readable, writable } = fromDuplex(duplex, "peer");
    await writable.close();
    expect(written).toEqual(["FIN"]);
    duplex.push(bytes("answer"));
    expect(text((await readable.getReader().read()).value)).toBe("answer");
    duplex.destroy();
  });
  it("settles closed when both directions have ended", async () => {
    const { duplex } = scripted();
    const { readable, writable, closed } = fromDuplex(duplex, "peer");
    await writable.close();
    duplex.push(null);
    expect((await readable.getReader().read()).done).toBe(true);
    await closed;
  });
  it.each([
    ["an error with a code", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }), "peer: ECONNRESET"],
    ["an error without one", new Error("odd"), "peer: odd"],
    ["no error", undefined, "peer: closed before its end"],
  ])("errors everywhere when the stream is destroyed with %s", async (_, error, message) => {
    const { duplex } = scripted();
    const { readable, writable, closed } = fromDuplex(duplex, "peer");
    const reading = readable.getReader().read();
    const writing = writable.getWriter().write(bytes("x"));
    const failed = { code: "net.connect", message };
    const all = Promise.all([reading, writing, closed].map((each) => expect(each).rejects.toMatchObject(failed)));
    await settled();
    duplex.destroy(error);
    await all;
  });
  it("hands an AmtError on as it is", async () => {
    const { duplex } = scripted();
    const { readable, closed } = fromDuplex(duplex, "peer");
    duplex.destroy(new AmtError("tls.untrusted", "peer: nobody knows it"));
    await expect(closed).rejects.toMatchObject({ code: "tls.untrusted" });
    await expect(readable.getReader().read()).rejects.toMatchObject({ code: "tls.untrusted" });
  });
  it("errors at the first read of a stream that was gone before", async () => {
    const { duplex } = scripted();
    duplex.on("error", () => {});
    duplex.destroy(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    await settled();
    const { readable, writable, closed } = fromDuplex(duplex, "peer");
    const failed = { code: "net.connect", details: { errno: "ECONNRESET" } };
    await expect(closed).rejects.toMatchObject(failed);
    await expect(readable.getReader().read()).rejects.toMatchObject(failed);
    await expect(writable.getWriter().write(bytes("x"))).rejects.toMatchObject(failed);
  });
  it.each(["dispose", "cancel", "abort"] as const)("destroys the stream on %s, and is not in error", async (how) => {
    const { duplex } = scripted();
    const channel = fromDuplex(duplex, "peer");
    if (how === "dispose") await channel[Symbol.asyncDispose]();
    else if (how === "cancel") await channel.readable.cancel();
    else await channel.writable.abort();
    expect(duplex.destroyed).toBe(true);
    await channel.closed;
  });
  it("ends reads and writes that wait when it is disposed of", async () => {
    const { duplex } = scripted();
    const channel = fromDuplex(duplex, "peer");
    const reading = channel.readable.getReader().read();
    const writing = channel.writable.getWriter().write(bytes("x"));
    const both = Promise.all(
      [reading, writing].map((each) => expect(each).rejects.toMatchObject({ code: "mei.closed" })),
    );
    await settled();
    await channel[Symbol.asyncDispose]();
    await both;
  });
});
