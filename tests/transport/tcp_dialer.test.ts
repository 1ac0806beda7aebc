import { spawn } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dialTcp, tcpDialer } from "../../transport/tcp_dialer.ts";
import { freePort } from "../services/tunnel/client.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("dialTcp", () => {
  const sockets = new Set<Socket>();
  let server: Server;
  const port = () => (server.address() as { port: number }).port;
  beforeAll(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket.on("error", () => {}));
      socket.pipe(socket);
    });
    // Both families, where the machine has both.
    await new Promise<void>((resolve) => server.listen(0, "::", resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it.each(["127.0.0.1", "::1", "localhost"])(
    "reaches %s, and carries bytes both ways until each has ended",
    async (host) => {
      await using channel = await dialTcp({ host, port: port() });
      const writer = channel.writable.getWriter();
      await writer.write(bytes("to AMT and back"));
      await writer.close();
      expect(await new Response(channel.readable).text()).toBe("to AMT and back");
      await channel.closed;
    },
  );
  it("ends both ways at once when it is disposed of", async () => {
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const channel = await dialTcp({ host: "127.0.0.1", port: port() });
    const socket = await accepted;
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    await channel[Symbol.asyncDispose]();
    await gone;
  });

  it("tells the errno where nobody listens", async () => {
    const nobody = await freePort();
    for (const host of ["127.0.0.1", "localhost"]) {
      await expect(dialTcp({ host, port: nobody })).rejects.toMatchObject({
        code: "net.connect",
        exitCode: 10,
        message: `${host}:${nobody}: ECONNREFUSED`,
        details: { errno: "ECONNREFUSED" },
      });
    }
    await expect(dialTcp({ host: "::1", port: nobody })).rejects.toThrow(`[::1]:${nobody}: ECONNREFUSED`);
  });
  it("tells that there is no such name", async () => {
    // RFC 6761: names in .invalid do not exist; a name server that does not answer is told too.
    await expect(dialTcp({ host: "amt.invalid", port: 16992 })).rejects.toMatchObject({
      code: "net.connect",
      message: expect.stringMatching(/^amt\.invalid:16992: (there is no such name|no name server answers) \(E\w+\)$/),
    });
  });
  it("does not start when the signal has fired", async () => {
    const signal = AbortSignal.abort();
    await expect(dialTcp({ host: "127.0.0.1", port: port() }, signal)).rejects.toMatchObject({ code: "cancelled" });
  });
});

/** A listener whose queue is full leaves further ones without an answer. */
async function silentPort(): Promise<{ port: number } & AsyncDisposable> {
  const script = "use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or die; " +
    "bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die; listen($s, 0) or die; " +
    "my ($p) = sockaddr_in(getsockname($s)); $| = 1; print qq($p\\n); sleep 60;";
  const child = spawn("perl", ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once("data", (line: Uint8Array) => resolve(Number(new TextDecoder().decode(line))));
    child.once("error", reject);
  });
  const first = connect(port, "127.0.0.1").on("error", () => {});
  await new Promise<void>((resolve) => first.once("connect", () => resolve()));
  return {
    port,
    async [Symbol.asyncDispose]() {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      first.destroy();
      child.kill("SIGKILL");
      await gone;
    },
  };
}

const hasPerl = await new Promise<boolean>((resolve) => {
  const child = spawn("perl", ["-MSocket", "-e", "1"], { stdio: "ignore" });
  child.once("error", () => resolve(false)).once("exit", (code) => resolve(code === 0));
});

describe.skipIf(!hasPerl)(`dialTcp and a host that never answers${hasPerl ? "" : " (skipped: no perl)"}`, () => {
  it("ends at its own limit", async () => {
    await using silent = await silentPort();
    await expect(tcpDialer(150)({ host: "127.0.0.1", port: silent.port })).rejects.toMatchObject({
      code: "net.connect",
      message: `127.0.0.1:${silent.port}: no answer within 0.15 s`,
      details: { errno: "ETIMEDOUT" },
    });
  });
  it.each([
    ["timeout", () => AbortSignal.timeout(50)],
    ["cancelled", () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      return controller.signal;
    }],
  ])("ends with %s when the signal says so", async (code, signal) => {
    await using silent = await silentPort();
    const dialled = dialTcp({ host: "127.0.0.1", port: silent.port }, signal());
    await expect(dialled).rejects.toMatchObject({ code });
  });
});
