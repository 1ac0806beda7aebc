import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { nextTurn } from "../../transport/eager_tries.ts";
import { fromDuplex, toDuplex } from "../../transport/duplex.ts";
import { channelPair } from "./channel_pair.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => data && new TextDecoder().decode(data);

/** Lets whatever can happen without more input happen. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTurn();
}

async function streamAndPeer() {
  const [ours, peer] = channelPair();
  return { stream: await toDuplex(ours), ours, peer, from: peer.readable.getReader(), to: peer.writable.getWriter() };
}

describe("toDuplex", () => {
  it("carries bytes both ways", async () => {
    const { stream, from, to } = await streamAndPeer();
    stream.write("to the peer");
    expect(text((await from.read()).value)).toBe("to the peer");
    void to.write(bytes("back"));
    const [chunk] = await once(stream, "data");
    expect(text(chunk)).toBe("back");
    stream.destroy();
  });
  it("gives the channel plain arrays of bytes", async () => {
    const { stream, from } = await streamAndPeer();
    stream.write(Buffer.from("abc"));
    expect((await from.read()).value).toEqual(bytes("abc"));
    stream.destroy();
  });
  it("reads ahead no more than one chunk when nobody takes what came", async () => {
    const { stream, peer, to } = await streamAndPeer();
    stream.pause();
    stream.on("data", () => {});
    for (let i = 0; i < 10; i++) void to.write(bytes(`chunk ${i}`)).catch(() => {});
    await settled();
    let written = 0;
    void to.write(bytes("last")).then(() => written++, () => {});
    await settled();
    expect(written).toBe(0);
    const seen: string[] = [];
    stream.on("data", (chunk) => seen.push(text(chunk)!));
    stream.resume();
    await settled();
    expect([seen.length, written, peer.unread]).toEqual([11, 1, 0]);
    stream.destroy();
  });
  it("holds the writer up until the peer has read", async () => {
    const { stream, from } = await streamAndPeer();
    let isDone = false;
    expect(stream.write("a", () => isDone = true)).toBe(false);
    await settled();
    expect(isDone).toBe(false);
    await from.read();
    await settled();
    expect(isDone).toBe(true);
    stream.destroy();
  });
  it("closes one direction alone on end, after what was written", async () => {
    const { stream, from, to } = await streamAndPeer();
    stream.write("question");
    stream.end();
    expect(text((await from.read()).value)).toBe("question");
    expect((await from.read()).done).toBe(true);
    void to.write(bytes("answer"));
    const [chunk] = await once(stream, "data");
    expect(text(chunk)).toBe("answer");
    stream.destroy();
  });
  it("goes on writing after the peer's end", async () => {
    const { stream, from, to } = await streamAndPeer();
    stream.resume();
    const ended = once(stream, "end");
    await to.close();
    await ended;
    stream.write("still here");
    expect(text((await from.read()).value)).toBe("still here");
    stream.destroy();
  });
  it("disposes of the channel when both directions have ended", async () => {
    const { stream, ours, from, to } = await streamAndPeer();
    stream.resume();
    const closed = once(stream, "close");
    stream.end();
    await from.read();
    await to.close();
    await closed;
    expect(ours.isDisposed).toBe(true);
    await ours.closed;
  });
  it("disposes of the channel when it is destroyed, and the peer sees that", async () => {
    const { stream, ours, from } = await streamAndPeer();
    stream.destroy();
    await once(stream, "close");
    expect(ours.isDisposed).toBe(true);
    await expect(from.read()).rejects.toMatchObject({ code: "net.connect" });
  });
  it("takes an empty chunk for nothing, not for the end", async () => {
    const { stream, to } = await streamAndPeer();
    const seen: string[] = [];
    stream.on("data", (chunk) => seen.push(text(chunk)!));
    stream.on("end", () => seen.push("end"));
    await to.write(new Uint8Array());
    await to.write(bytes("x"));
    await settled();
    expect(seen).toEqual(["x"]);
    stream.destroy();
  });
  it("ends with the channel's own error when reading fails", async () => {
    const { stream, peer } = await streamAndPeer();
    stream.resume();
    const failed = once(stream, "error");
    peer.break(new AmtError("mei.reset", "the link was reset"));
    expect((await failed)[0]).toMatchObject({ code: "mei.reset" });
    expect(stream.destroyed).toBe(true);
  });
  it("ends with the channel's own error when writing fails", async () => {
    const { stream, from } = await streamAndPeer();
    stream.resume();
    const failed = once(stream, "error");
    await from.cancel();
    stream.write("x", () => {});
    expect((await failed)[0]).toMatchObject({ code: "net.connect" });
  });
  it("still reads what came before the peer took no more", async () => {
    const { stream, from, to } = await streamAndPeer();
    const seen: string[] = [];
    stream.on("data", (chunk) => seen.push(text(chunk)!));
    stream.on("end", () => seen.push("end"));
    const failed = once(stream, "error");
    await from.cancel();
    stream.write("a long request", () => {});
    await settled();
    await to.write(bytes("401 "));
    await to.write(bytes("go away"));
    await to.close();
    expect((await failed)[0]).toMatchObject({ code: "net.connect" });
    expect(seen).toEqual(["401 ", "go away", "end"]);
  });
  it("does not wait for ever for a peer that neither takes nor says anything", async () => {
    const { stream, from } = await streamAndPeer();
    stream.pause();
    const failed = once(stream, "error");
    await from.cancel();
    stream.write("x", () => {});
    expect((await failed)[0]).toMatchObject({ code: "net.connect" });
  });
});

describe("toDuplex over fromDuplex", () => {
  it("carries 4 MiB through two real sockets unchanged", async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    const accepted = once(server, "connection") as Promise<[Socket]>;
    await once(server, "listening");
    const client = connect({
      port: (server.address() as { port: number }).port,
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    const near = await toDuplex(fromDuplex(client, "near"));
    const far = await toDuplex(fromDuplex((await accepted)[0], "far"));
    const sent = new Uint8Array(4 << 20).map((_, i) => i * 31 >> 3);
    far.pipe(far);
    near.end(sent);
    const got: Uint8Array[] = [];
    near.on("data", (chunk) => got.push(chunk));
    await once(near, "end");
    expect(Buffer.compare(Buffer.concat(got), sent)).toBe(0);
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    expect([client.destroyed, near.destroyed, far.destroyed]).toEqual([true, true, true]);
  });
});
