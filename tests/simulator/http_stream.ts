import { createServer, type Socket } from "node:net";
import { type Service, type ServiceStream, StreamGone } from "../../simulator/lme/service.ts";

/** The other end of a service in memory: what the client sends, piece by piece, and what it got. */
export class MemoryStream implements ServiceStream {
  readonly written: Uint8Array[] = [];
  readonly #pieces: Uint8Array[];

  constructor(...pieces: (string | Uint8Array)[]) {
    this.#pieces = pieces.map((piece) => typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
  }

  get text(): string {
    return this.written.map((bytes) => new TextDecoder().decode(bytes)).join("");
  }

  read(): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#pieces.shift());
  }

  write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes.slice());
    return Promise.resolve();
  }
}

export interface TcpService extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
}

/** The service on a port of loopback, for real clients. */
export async function serveTcp(service: Service): Promise<TcpService> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    service(new SocketStream(socket)).catch((error) => {
      if (!(error instanceof StreamGone)) throw error;
    }).finally(() => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

class SocketStream implements ServiceStream {
  readonly #socket: Socket;
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk as Uint8Array);
      this.#wake();
    });
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && !this.#ended) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.#chunks.shift();
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new StreamGone());
      // `bytes` may be a piece of what is used again.
      this.#socket.write(bytes.slice(), (error) => error ? reject(new StreamGone()) : resolve());
    });
  }
}
