import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import tunnel from "../../commands/tunnel.ts";
import type { TunnelOutput } from "../../commands/tunnel.schema.ts";
import { AmtError } from "../../core/errors/mod.ts";
import schema from "../../schemas/tunnel.json" with { type: "json" };
import { echo, type Service, source } from "../../simulator/lme/service.ts";
import { pattern } from "../../simulator/pattern.ts";
import { BROKEN, Client, sha256 } from "../services/tunnel/client.ts";
import { WAIT } from "../services/tunnel/tunnel_machine.ts";
import { fakeRuntime, plain } from "./fakes.ts";
import { Told, tunnelContext, type TunnelContextOptions } from "./tunnel_context.ts";

const validate = new Ajv2020({ strict: true }).compile(schema);
const loopback = { address: "127.0.0.1", port: 0 };

function expectValid(events: readonly TunnelOutput[]): void {
  for (const event of events) expect(validate(event) ? "" : validate.errors).toBe("");
}

async function listening(lme: TunnelContextOptions["lme"], port?: number) {
  const setup = tunnelContext(lme === undefined ? {} : { lme });
  const told = new Told(tunnel.stream(setup.context, { stdio: false, listen: loopback }, [port]));
  await expect.poll(() => told.named("listening").length, WAIT).toBe(1);
  return { ...setup, told, port: told.named("listening")[0]!.port };
}

async function run(...args: string[]) {
  const runtime = fakeRuntime(["tunnel", "--json", ...args], { env: { AMTCTL_DEVICE: "sim" } });
  const exitCode = await program(runtime, root);
  return { exitCode, stdout: runtime.stdout, error: JSON.parse(runtime.stderr).error };
}

describe("tunnel --listen", () => {
  it("joins a port of this machine to the one that the firmware forwards, and tells of it", async () => {
    const { told, port, abort, me } = await listening({ services: { 16992: echo } });
    using client = await Client.connect(port);
    await client.send(pattern(300_000));
    await client.has(300_000);
    expect(client.digest).toBe(sha256(pattern(300_000)));
    client.reset();
    await expect.poll(() => told.named("closed").length, WAIT).toBe(1);
    expectValid(told.events);
    expect(told.named("listening")[0]).toMatchObject({ addresses: ["127.0.0.1"] });
    expect(told.named("opened")[0]).toMatchObject({ id: 1, port: 16992 });
    expect(told.named("closed")[0]).toMatchObject({ bytesSent: 300_000, bytesReceived: 300_000 });
    abort.abort();
    await told.ended;
    expect(me.openConnections).toBe(0);
    await expect(Client.connect(port)).rejects.toThrow("ECONNREFUSED");
  });

  it("takes 16993 where the firmware forwards that", async () => {
    const { told, port, abort } = await listening({ forwards: [16993, 664], services: { 16993: source(10) } });
    using client = await Client.connect(port);
    expect([await client.ended, client.received]).toEqual(["end", 10]);
    expect(told.named("opened")[0]).toMatchObject({ port: 16993 });
    abort.abort();
    await told.ended;
  });

  it("tells how its connections end when it is interrupted", async () => {
    const { told, port, abort } = await listening({ services: { 16992: echo } });
    using client = await Client.connect(port);
    await client.send("hello");
    await client.has(5);
    abort.abort(new AmtError("cancelled", "interrupted"));
    await told.ended;
    expect(told.named("closed")).toMatchObject([{ id: 1, bytesSent: 5, bytesReceived: 5 }]);
  });

  it("ends connections by a reset when it is interrupted, and does not wait for them", async () => {
    const { told, port, abort, me } = await listening({ services: { 16992: echo } });
    using client = await Client.connect(port);
    await client.send("hello");
    await client.has(5);
    const start = performance.now();
    abort.abort(new AmtError("cancelled", "interrupted"));
    await told.ended;
    expect(performance.now() - start).toBeLessThan(1000);
    expect(await client.ended).toMatch(BROKEN);
    expect(me.openConnections).toBe(0);
  });

  it("ends when the reader of its events goes away, with a connection open", async () => {
    const setup = tunnelContext({ lme: { services: { 16992: echo } } });
    const events = tunnel.stream(setup.context, { stdio: false, listen: loopback }, [undefined])
      [Symbol.asyncIterator]();
    let port = 0;
    while (port === 0) {
      const { value } = await events.next();
      if (value.event === "listening") port = value.port;
    }
    using client = await Client.connect(port);
    await client.send("hello");
    await client.has(5);
    await events.next();
    await events.return!(undefined);
    expect(await client.ended).toMatch(BROKEN);
    expect(setup.me.openConnections).toBe(0);
  });

  it.each(["0.0.0.0:16992", "[::]:16992", "192.0.2.1:16992", "[2001:db8::1]:0"])(
    "refuses %s with exit code 2",
    async (place) => {
      const { exitCode, error } = await run("--listen", place);
      expect(exitCode).toBe(2);
      expect(error).toMatchObject({ code: "usage", message: expect.stringContaining("is no loopback address") });
    },
  );

  it.each<[string[], RegExp]>([
    [[], /one of --stdio and --listen/],
    [["--stdio", "--listen", "0"], /^--stdio and --listen: not both$/],
    [["--listen", "::1:5"], /no place to listen/],
    [["--listen", "[127.0.0.1]:5"], /no place to listen/],
    [["--listen", "[::1:5"], /no place to listen/],
    [["--listen", "::1]:5"], /no place to listen/],
    [["--listen", "65536"], /no place to listen/],
    [["--listen", "localhost:1"], /no place to listen/],
    [["--listen", "0", "0"], /PORT: "0" is no port/],
    [["--listen", "0", "65536"], /PORT: "65536" is no port/],
    [["--listen", "0", "http"], /PORT: "http" is no port/],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { exitCode, error } = await run(...args);
    expect([exitCode, error.message]).toEqual([2, expect.stringMatching(message)]);
  });

  it("names the local management service that has LME, with exit code 5", async () => {
    const { exitCode, error } = await run("--listen", "0", "--device", "sim:activated+busy");
    expect(exitCode).toBe(5);
    expect(error).toMatchObject({ code: "mei.busy", message: expect.stringContaining("lms (742)") });
    expect(error.hint).toContain("127.0.0.1:16992");
  });

  it("says that AMT is switched off, with exit code 7", async () => {
    const { exitCode, error } = await run("--listen", "0", "--device", "sim:disabled");
    expect([exitCode, error.code]).toEqual([7, "amt.disabled"]);
  });
});

describe("tunnel --stdio", () => {
  const flags = { stdio: true, listen: undefined };

  /** Standard output in memory. */
  function collector() {
    const pieces: Uint8Array[] = [];
    const output = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece.slice()) });
    return {
      output,
      pieces,
      digest: () => sha256(pieces),
      length: () => pieces.reduce((sum, { length }) => sum + length, 0),
    };
  }

  /** Standard input that gives these pieces, and ends. */
  const inputOf = (pieces: Iterable<Uint8Array>) => ReadableStream.from(pieces) as ReadableStream<Uint8Array>;
  const silent = () => new ReadableStream<Uint8Array>();

  it("carries bytes of every value both ways, and ends after the whole answer to an input that ended", async () => {
    const length = 1_000_000;
    const back: Service = async (stream) => {
      for (let got = 0; got < length;) {
        const bytes = (await stream.read())!;
        got += bytes.length;
        await stream.write(bytes);
      }
    };
    const { output, digest } = collector();
    const { context, me, notes } = tunnelContext({
      lme: { services: { 16992: back } },
      input: inputOf(pattern(length)),
      output,
    });
    const told = new Told(tunnel.stream(context, flags, [undefined]));
    await told.ended;
    expect([told.events, digest()]).toEqual([[], sha256(pattern(length))]);
    expect(notes.join("\n")).toMatch(/1 session 1 ended: 1000000 bytes to AMT, 1000000 from it$/);
    expect(me.openConnections).toBe(0);
  });

  it("ends when the firmware closes, though nothing ends its input", async () => {
    const { output, length } = collector();
    const { context } = tunnelContext({ lme: { services: { 16992: source(5000) } }, input: silent(), output });
    const start = performance.now();
    await new Told(tunnel.stream(context, flags, [16992])).ended;
    expect(length()).toBe(5000);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("ends well when standard output is closed early", async () => {
    let writes = 0;
    const runtime = fakeRuntime(["tunnel", "--stdio", "--device", "sim"], {
      input: new Blob(["GET /bytes/1000 HTTP/1.1\r\n\r\n"]).stream(),
      write(stream, bytes) {
        if (stream === "stdout" && ++writes > 0) throw Object.assign(new Error("write"), { code: "EPIPE" });
        return bytes.length;
      },
    });
    expect([await program(runtime, root), writes]).toEqual([0, 1]);
  });

  it("ends with an error when the firmware restarts in the middle", async () => {
    const { output } = collector();
    const faults = { after: { bytes: 10_000, then: "reset" } } as const;
    const { context } = tunnelContext({ lme: { services: { 16992: source() }, faults }, input: silent(), output });
    await expect(new Told(tunnel.stream(context, flags, [16992])).ended).rejects.toMatchObject({ code: "mei.reset" });
  });

  it("ends with 10 when the firmware refuses the port, and says where to see the others", async () => {
    const runtime = fakeRuntime(["tunnel", "--stdio", "5900", "--json", "--device", "sim"]);
    expect(await program(runtime, root)).toBe(10);
    expect(JSON.parse(runtime.stderr).error).toMatchObject({
      code: "net.connect",
      details: { port: 5900, reason: 1 },
      hint: expect.stringContaining("amtctl apf monitor"),
    });
  });

  describe.each([[["tunnel", "--stdio", "16992"]], [["apf", "open", "127.0.0.1", "16992"]]])("as %j", (words) => {
    it("ends with 12 when --timeout is over, with its input open", async () => {
      const runtime = fakeRuntime([...words, "--device", "sim", "--timeout", "300ms", "--json"], { input: silent() });
      expect(await program(runtime, root)).toBe(12);
      expect(JSON.parse(runtime.stderr).error).toMatchObject({ code: "timeout", message: /ended after 300ms/ });
    });
    it("ends with 130 when it is interrupted, with its input open", async () => {
      const runtime = fakeRuntime([...words, "--device", "sim", "-v"], { input: silent() });
      const code = program(runtime, root);
      await expect.poll(() => runtime.stderr, WAIT).toContain("session 1 from stdio");
      runtime.interrupt();
      expect(await code).toBe(130);
      expect(runtime.stderr).toContain("error: interrupted (cancelled)\n");
    });
    it("ends with 130 when it is interrupted, with an output that nobody reads", async () => {
      const input = new Blob(["GET / HTTP/1.0\r\n\r\n"]).stream();
      const runtime = fakeRuntime([...words, "--device", "sim", "-v"], { input, blocked: ["stdout"] });
      const code = program(runtime, root);
      await expect.poll(() => runtime.stderr, WAIT).toContain("session 1 from stdio");
      const start = performance.now();
      runtime.interrupt();
      expect(await code).toBe(130);
      expect(performance.now() - start).toBeLessThan(1500);
    });
  });

  it("says where to look when the firmware asks for no port", { timeout: 30_000 }, async () => {
    const { context } = tunnelContext({ lme: { forwards: [] } });
    await expect(new Told(tunnel.stream(context, flags, [undefined])).ended).rejects.toMatchObject({
      code: "timeout",
      hint: expect.stringContaining("amtctl apf monitor"),
    });
  });
});

describe("tunnel, events in words", () => {
  const at = "2030-01-02T03:04:05.678Z";
  const session = { id: 3, port: 16992, from: "127.0.0.1:40000" };
  const events: TunnelOutput[] = [
    { at, event: "connected", protocolVersion: 4, maxMessageLength: 4104 },
    { at, event: "forward", address: "amt.example", port: 16992 },
    { at, event: "cancel", address: "amt.example", port: 16992 },
    { at, event: "lost", reason: "gone", code: "mei.reset" },
    { at, event: "listening", port: 16992, addresses: ["127.0.0.1", "::1"] },
    { at, event: "portTaken", port: 623, reason: "127.0.0.1:623: EADDRINUSE", holder: "asf (process 7)" },
    { at, event: "portTaken", port: 623, reason: "127.0.0.1:623: EADDRINUSE", holder: null },
    { at, event: "portTaken", port: 623, reason: "127.0.0.1:623: EACCES", holder: null },
    { at, event: "waiting", ...session },
    { at, event: "opened", ...session },
    { at, event: "closed", ...session, bytesSent: 1, bytesReceived: 2, reason: null, code: null },
    { at, event: "closed", ...session, bytesSent: 1, bytesReceived: 2, reason: "gone", code: "mei.reset" },
    { at, event: "dropped", count: 3 },
  ];

  it("are a line each", () => {
    expectValid(events);
    const lines = events.map((event) => tunnel.renderEvent(event, plain));
    for (const line of lines) expect(line).toMatch(/^2030-01-02T03:04:05\.678Z [\x20-\x7e]+$/);
    expect(lines.map((line) => line.slice(at.length + 1)).join("\n")).toMatchInlineSnapshot(`
      "connected to LME, version 4, messages up to 4104 bytes
      the firmware asks for port 16992 (amt.example)
      the firmware gives up port 16992 (amt.example)
      the link is lost: gone (mei.reset); it is made anew
      port 16992 leads to AMT, on 127.0.0.1 and ::1
      port 623 cannot be served: 127.0.0.1:623: EADDRINUSE, asf (process 7)
      port 623 cannot be served: 127.0.0.1:623: EADDRINUSE
      port 623 cannot be served: 127.0.0.1:623: EACCES; ports below 1024 need root
      session 3 from 127.0.0.1:40000 waits: AMT takes no more than eight at a time
      session 3 from 127.0.0.1:40000 to port 16992
      session 3 ended: 1 bytes to AMT, 2 from it
      session 3 ended: 1 bytes to AMT, 2 from it; gone (mei.reset)
      3 events are not shown: they came faster than they were read"
    `);
  });
});
