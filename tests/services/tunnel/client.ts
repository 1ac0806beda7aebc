import { createHash } from "node:crypto";
import { connect as netConnect, createServer, type Socket } from "node:net";

/** A local program that connects to a port of this machine; it uses nothing of the product. */
export class Client implements Disposable {
  readonly socket: Socket;
  /** How it ended for the program: `end` for a clean end of what it reads, or the errno. */
  readonly ended: Promise<string>;
  /** Bytes that came. */
  received = 0;
  readonly #hash = createHash("sha256");
  readonly #watchers = new Set<() => void>();
  #text = "";

  private constructor(socket: Socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      socket.once("end", () => resolve("end"));
      socket.once("error", (error) => resolve((error as { code?: string }).code ?? error.message));
      socket.once("close", () => resolve("closed"));
    });
    socket.on("data", (chunk: Uint8Array) => {
      this.received += chunk.length;
      this.#hash.update(chunk);
      if (this.#text.length < 4096) this.#text += new TextDecoder("latin1").decode(chunk);
      for (const watcher of this.#watchers) watcher();
    });
  }

  static async connect(port: number, host = "127.0.0.1"): Promise<Client> {
    const socket = netConnect({ port, host, allowHalfOpen: true });
    const client = new Client(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  /** The beginning of what came. */
  get text(): string {
    return this.#text;
  }

  /** SHA-256 of all that came. */
  get digest(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Resolves when so many bytes came; rejects when it ends before. */
  async has(count: number): Promise<void> {
    if (this.received >= count) return;
    await new Promise<void>((resolve, reject) => {
      const watcher = () => {
        if (this.received < count) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
      void this.ended.then((how) => reject(new Error(`${how} after ${this.received} of ${count} bytes`)));
    });
  }

  /** Resolves when the kernel took it all. */
  async send(pieces: Iterable<Uint8Array> | string): Promise<void> {
    const all = typeof pieces === "string" ? [new TextEncoder().encode(pieces)] : pieces;
    for (const piece of all) {
      await new Promise<void>((resolve, reject) => {
        this.socket.write(piece, (error) => error ? reject(error) : resolve());
      });
    }
  }

  /** Sends no more, and still reads. */
  shutdown(): void {
    this.socket.end();
  }

  /** Goes away at once, by a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** SHA-256 of these bytes. */
export function sha256(pieces: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** A port of this machine that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/**
 * How a connection ends that is reset. Node 20 takes a reset that comes together with data for the end (libuv, on
 * POLLHUP after a short read).
 */
export const BROKEN = "Deno" in globalThis || "Bun" in globalThis ? /^ECONNRESET$/ : /^(ECONNRESET|end)$/;
