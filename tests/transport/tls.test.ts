import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dialTcp } from "../../transport/tcp_dialer.ts";
import { tlsDialer } from "../../transport/tls.ts";
import { meet } from "../interop/meet.ts";

describe("tlsDialer and a server that speaks no TLS", () => {
  const sockets: Socket[] = [];
  let server: Server;
  let answer: (socket: Socket) => void;
  const port = () => (server.address() as { port: number }).port;
  const hello = (version: number, ...more: number[]) => {
    const body = [3, version, ...new Array(32).fill(7), 0, 0, 0x2f, 0];
    return Uint8Array.of(22, 3, version, 0, body.length + 4, 2, 0, 0, body.length, ...body, ...more);
  };
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {}).once("data", () => answer(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const gone = (socket: Socket) =>
    new Promise<void>((resolve) => socket.closed ? resolve() : socket.once("close", () => resolve()));

  it("says that it speaks plain HTTP", async () => {
    answer = (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    await expect(meet(port())).rejects.toMatchObject({
      code: "net.connect",
      message: `127.0.0.1:${port()}: speaks plain HTTP, not TLS`,
      hint: expect.stringContaining("16993"),
    });
  });
  it("says that it does not speak TLS", async () => {
    answer = (socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n");
    await expect(meet(port())).rejects.toMatchObject({
      code: "net.connect",
      message: expect.stringContaining("does not speak TLS"),
    });
  });
  it.each([[1, "TLS 1.0"], [2, "TLS 1.1"]])(
    "says of a hello of version 3.%i that %s is all it has",
    async (minor, name) => {
      answer = (socket) => socket.write(hello(minor));
      await expect(meet(port())).rejects.toMatchObject({
        code: "tls.unsupported",
        message: expect.stringContaining(`speaks ${name} at most`),
        details: { version: name },
      });
    },
  );
  it("says that it closed at once, and is perhaps too old", async () => {
    answer = (socket) => socket.end();
    await expect(meet(port())).rejects.toMatchObject({
      code: "net.connect",
      message: expect.stringContaining("closed in the middle of the TLS handshake"),
      hint: expect.stringContaining("perhaps"),
    });
  });
  it("says that it closed in the middle", async () => {
    answer = (socket) => socket.end(hello(3).subarray(0, 20));
    await expect(meet(port())).rejects.toMatchObject({
      code: "net.connect",
      message: expect.stringContaining("closed in the middle of the TLS handshake"),
      hint: expect.not.stringContaining("perhaps"),
    });
  });
  it("passes on what ended the connection below", async () => {
    answer = (socket) => socket.resetAndDestroy();
    await expect(meet(port())).rejects.toMatchObject({ code: "net.connect", details: { errno: "ECONNRESET" } });
  });
  it("ends a handshake that hangs at its own limit, and the connection with it", async () => {
    const accepted = new Promise<Socket>((resolve) => answer = resolve);
    const met = meet(port(), { limitMs: 50 });
    await expect(met).rejects.toMatchObject({ code: "net.connect", message: expect.stringContaining("within 0.05 s") });
    await gone(await accepted);
  });
  it("ends a handshake that hangs when the signal fires, and the connection with it", async () => {
    const controller = new AbortController();
    const judge = () => Promise.resolve();
    const met = tlsDialer(dialTcp, { judge })({ host: "127.0.0.1", port: port() }, controller.signal);
    const accepted = new Promise<Socket>((resolve) =>
      answer = (socket) => {
        resolve(socket);
        controller.abort();
      }
    );
    await expect(met).rejects.toMatchObject({ code: "cancelled", exitCode: 130 });
    await gone(await accepted);
  });
  it("survives bytes that say they are TLS", async () => {
    answer = (socket) => socket.end(Uint8Array.of(22, 3, 3, 0, 5, 2, 255, 255, 255, 1, 22, 3, 3));
    await expect(meet(port())).rejects.toMatchObject({ code: "net.connect" });
  });
});
