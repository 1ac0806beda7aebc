import { connect as netConnect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import type { LocalStream } from "../../transport/local_stream.ts";
import { connect, isLoopback, listen, type Listener } from "../../transport/tcp.ts";
import { BROKEN, Client, freePort } from "../services/tunnel/client.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => data && new TextDecoder().decode(data);

/** A listener, a program that connected to it, and our end of that connection. */
async function pair(): Promise<{ listener: Listener; stream: LocalStream; client: Client }> {
  let accepted = (_: LocalStream) => {};
  const stream = new Promise<LocalStream>((resolve) => accepted = resolve);
  const listener = await listen("127.0.0.1", 0, (each) => accepted(each));
  const client = await Client.connect(listener.port);
  return { listener, stream: await stream, client };
}

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.0.0.53", "127.255.255.255", "::1"])("takes %s", (address) => {
    expect(isLoopback(address)).toBe(true);
  });
  it.each(["0.0.0.0", "::", "192.0.2.1", "127.0.0.256", "127.1", "128.0.0.1", "127.0.0.1.example", "localhost", ""])(
    "refuses %j",
    (address) => expect(isLoopback(address)).toBe(false),
  );
});

describe("listen", () => {
  it.each(["0.0.0.0", "::", "192.0.2.1"])("refuses %s with exit code 2, and opens nothing", async (address) => {
    await expect(listen(address, 0, () => {})).rejects.toMatchObject({ code: "usage", exitCode: 2 });
  });
  it("tells that a port is taken", async () => {
    await using first = await listen("127.0.0.1", 0, () => {});
    const second = listen("127.0.0.1", first.port, () => {});
    await expect(second).rejects.toMatchObject({ code: "net.listen", exitCode: 5, details: { errno: "EADDRINUSE" } });
  });
  it("has 127.0.0.1 and ::1 apart", async () => {
    await using four = await listen("127.0.0.1", 0, () => {});
    await using six = await listen("::1", four.port, () => {});
    expect(six.port).toBe(four.port);
  });
  it("lets the port go at once when it is disposed of, and connections go on", async () => {
    const { listener, stream, client } = await pair();
    await listener[Symbol.asyncDispose]();
    await using _ = await listen("127.0.0.1", listener.port, () => {});
    await stream.write(bytes("still here"));
    await client.has(10);
    stream.destroy(false);
    client[Symbol.dispose]();
  });
});

describe("connect", () => {
  it("reaches a port, and says who is there", async () => {
    const server = createServer((socket: Socket) => socket.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const stream = await connect("127.0.0.1", port);
    expect([stream.name, text(await stream.read()), await stream.read()]).toEqual([
      `127.0.0.1:${port}`,
      "hello",
      undefined,
    ]);
    stream.destroy(false);
    server.close();
  });
  it("ends with net.connect where nobody listens", async () => {
    const port = await freePort();
    await expect(connect("127.0.0.1", port)).rejects.toMatchObject({
      code: "net.connect",
      details: { errno: "ECONNREFUSED" },
    });
  });
});

describe("a LocalStream of TCP", () => {
  it("reads on after the program has shut down its side, and still writes", async () => {
    const { listener, stream, client } = await pair();
    await client.send("ask");
    client.shutdown();
    expect([text(await stream.read()), await stream.read()]).toEqual(["ask", undefined]);
    expect(stream.gone.aborted).toBe(false);
    await stream.write(bytes("answer"));
    await stream.end();
    stream.destroy(false);
    expect([await client.ended, client.text]).toEqual(["end", "answer"]);
    await listener[Symbol.asyncDispose]();
  });

  it("holds the program up while nobody reads", async () => {
    const { listener, stream, client } = await pair();
    await stream.write(bytes("go"));
    await client.has(2);
    const piece = new Uint8Array(1 << 20);
    for (let i = 0; i < 64; i++) client.socket.write(piece);
    let before = -1;
    const sent = () => client.socket.bytesWritten - client.socket.writableLength;
    await expect.poll(() => before === (before = sent()), { interval: 100, timeout: 10_000 }).toBe(true);
    // 256 KiB here, and what the kernel keeps for both ends, 4 and 6 MiB.
    expect(before).toBeLessThan(16 << 20);
    client.reset();
    stream.destroy(false);
    await listener[Symbol.asyncDispose]();
  });

  it("destroyed as broken is a reset for the program, and no end", async () => {
    const { listener, stream, client } = await pair();
    await stream.write(bytes("half of"));
    await client.has(7);
    stream.destroy(true);
    expect(await client.ended).toMatch(BROKEN);
    await listener[Symbol.asyncDispose]();
  });

  it("fires gone, and rejects what waits, when the program goes away", async () => {
    const { listener, stream, client } = await pair();
    await client.send("x");
    await stream.read();
    const read = stream.read();
    client.reset();
    await expect(read).rejects.toMatchObject({ code: "net.connect" });
    expect(stream.gone.reason).toMatchObject({ code: "net.connect" });
    await expect(stream.write(bytes("y"))).rejects.toMatchObject({ code: "net.connect" });
    await listener[Symbol.asyncDispose]();
  });

  it("end lets a program that still sends have all that was written, though it reads late", async () => {
    const { listener, stream, client } = await pair();
    client.socket.pause();
    for (let i = 0; i < 32; i++) client.socket.write(new Uint8Array(64 * 1024));
    await stream.read();
    await stream.write(new Uint8Array(2_000_000));
    const ended = stream.end().then(() => stream.destroy(false));
    client.socket.resume();
    expect([await client.ended, client.received]).toEqual(["end", 2_000_000]);
    client.shutdown();
    await ended;
    await listener[Symbol.asyncDispose]();
  });

  it("end does not wait for a program that is quiet", async () => {
    const { listener, stream, client } = await pair();
    const start = performance.now();
    await stream.end();
    expect(performance.now() - start).toBeLessThan(2500);
    stream.destroy(false);
    expect(await client.ended).toBe("end");
    await listener[Symbol.asyncDispose]();
  });

  it("end of a broken answer gives a program that sends no more all that was written, and then a reset", async () => {
    const { listener, stream, client } = await pair();
    client.socket.pause();
    // More than is read here, so that the end of it is not seen.
    await client.send([new Uint8Array(1_000_000)]);
    client.shutdown();
    await stream.read();
    await stream.write(new Uint8Array(2_000_000));
    const ended = stream.end(true).then(() => stream.destroy(true));
    client.socket.resume();
    await ended;
    expect([await client.ended, client.received]).toEqual([expect.stringMatching(BROKEN), 2_000_000]);
    await listener[Symbol.asyncDispose]();
  });

  it("end of a broken answer is an end for a program that may still send, and a reset behind it", async () => {
    const { listener, stream, client } = await pair();
    const reset = new Promise<unknown>((resolve) => client.socket.once("error", resolve));
    await client.send("x");
    await stream.write(bytes("answer"));
    await stream.end(true);
    stream.destroy(true);
    expect([await client.ended, client.text]).toEqual(["end", "answer"]);
    client.socket.write("y");
    expect(await reset).toMatchObject({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) });
    await listener[Symbol.asyncDispose]();
  });

  it("end of a broken answer leaves what the program has not taken to the kernel", async () => {
    const { listener, stream, client } = await pair();
    client.socket.pause();
    await stream.write(new Uint8Array(1_000_000));
    await stream.end(true);
    stream.destroy(true);
    client.socket.resume();
    expect([await client.ended, client.received]).toEqual(["end", 1_000_000]);
    client.shutdown();
    await listener[Symbol.asyncDispose]();
  });

  it("fires ended when the program says that it sends no more, though nobody reads", async () => {
    const { listener, stream, client } = await pair();
    await client.send("last words");
    expect(stream.ended!.aborted).toBe(false);
    client.shutdown();
    await new Promise((resolve) => stream.ended!.addEventListener("abort", resolve));
    expect(text(await stream.read())).toBe("last words");
    client.reset();
    stream.destroy(false);
    await listener[Symbol.asyncDispose]();
  });

  it("hasLeft knows a program that is gone from one that only sends no more", async () => {
    const { listener, stream, client } = await pair();
    expect(stream.hasLeft!()).toBe(false);
    client.shutdown();
    expect(await stream.read()).toBeUndefined();
    expect(stream.hasLeft!()).toBe(false);
    client[Symbol.dispose]();
    await expect.poll(() => stream.hasLeft!(), { interval: 20 }).toBe(true);
    expect(stream.gone.aborted).toBe(false);
    stream.destroy(false);
    await listener[Symbol.asyncDispose]();
  });

  it("hasLeft knows a program that reset the connection while nobody read", async () => {
    const { listener, stream, client } = await pair();
    client.send([new Uint8Array(4_000_000)]).catch(() => {});
    await expect.poll(() => client.socket.bytesWritten, { interval: 50 }).toBeGreaterThan(300_000);
    client.reset();
    await expect.poll(() => stream.hasLeft!(), { interval: 20 }).toBe(true);
    expect(stream.gone.reason).toMatchObject({ code: "net.connect" });
    stream.destroy(false);
    await listener[Symbol.asyncDispose]();
  });

  it("destroyed while it ends is over at once", async () => {
    const { listener, stream, client } = await pair();
    const ended = stream.end();
    await client.ended;
    const start = performance.now();
    stream.destroy(false);
    await ended;
    expect(performance.now() - start).toBeLessThan(500);
    await listener[Symbol.asyncDispose]();
  });

  it("of a program that left before it was looked at can be read and ended", async () => {
    let accepted = (_: LocalStream) => {};
    const accepting = new Promise<LocalStream>((resolve) => accepted = resolve);
    await using listener = await listen("127.0.0.1", 0, (each) => accepted(each));
    const socket = netConnect(listener.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.once("connect", () => socket.resetAndDestroy());
    const stream = await accepting;
    await stream.read().catch(() => {});
    stream.destroy(true);
    await stream.end();
  });
});
