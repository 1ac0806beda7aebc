import type { Socket } from "node:net";
import { AmtError } from "../core/errors/mod.ts";
import type { LocalStream } from "./local_stream.ts";

/** A port of this machine that takes connections. Disposal takes no more; connections that there are go on. */
export interface Listener extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
}

/** Bytes that wait to be read before the sender is held up. */
const HIGH_WATER = 256 * 1024;
/** After our end: how long a program sends nothing before it is taken to be done, and how long it may go on. */
const QUIET_MS = 1000;
const LONGEST_LINGER_MS = 30_000;

/** A loopback address is the only one that this program listens on. */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(address);
}

/**
 * Listens on a loopback address; port 0 takes any. Rejects with `usage` for another address, and with `net.listen`
 * (details `errno`) when the port is taken, the address is not there, or this user may not have the port.
 */
export async function listen(
  address: string,
  port: number,
  accept: (stream: LocalStream) => void,
): Promise<Listener> {
  if (!isLoopback(address)) {
    throw new AmtError("usage", `${address} is no loopback address`, {
      hint: "This program listens on 127.0.0.1 and ::1 only, since anybody who can connect can talk to AMT",
    });
  }
  const { createServer } = await import("node:net");
  const server = createServer({ allowHalfOpen: true }, (socket) => accept(new TcpStream(socket)));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(address, port, error)));
    server.listen({ host: address, port, ipv6Only: true }, () => resolve());
  });
  // Say, no descriptors are left for one connection: the others go on.
  server.on("error", () => {});
  const bound = server.address();
  return {
    address,
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    // Resolves at once: the server itself is closed when its last connection is.
    [Symbol.asyncDispose]: () => Promise.resolve(void server.close()),
  };
}

/** Connects to a port. Rejects with `net.connect`. */
export async function connect(host: string, port: number, signal?: AbortSignal): Promise<LocalStream> {
  const net = await import("node:net");
  const socket = net.connect({ host, port, allowHalfOpen: true });
  const onAbort = () => socket.destroy(signal!.reason as Error);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", (cause) => {
        const errno = (cause as { code?: string }).code;
        reject(
          new AmtError("net.connect", `${host}:${port}: ${errno ?? cause.message}`, { cause, details: { errno } }),
        );
      });
    });
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  return new TcpStream(socket);
}

class TcpStream implements LocalStream {
  readonly name: string;
  readonly remote: LocalStream["remote"];
  readonly #socket: Socket;
  readonly #gone = new AbortController();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #ended = false;
  #isDropping = false;
  /** Counts what comes. */
  #arrivals = 0;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    const { remoteAddress: address = "?", remotePort: port = 0 } = socket;
    this.remote = { address, port };
    this.name = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
    socket.on("data", (chunk) => this.#received(chunk as Uint8Array));
    socket.on("end", () => {
      this.#ended = true;
      this.#wake?.();
    });
    socket.on("error", (cause) => this.#lost((cause as { code?: string }).code ?? cause.message, cause));
    socket.on("close", () => {
      if (!this.#ended) this.#lost("closed", undefined);
    });
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0) {
      this.gone.throwIfAborted();
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
    const chunk = this.#waiting.shift()!;
    this.#waitingBytes -= chunk.length;
    if (this.#waitingBytes < HIGH_WATER && this.#socket.isPaused()) this.#socket.resume();
    return chunk;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.gone.aborted) return Promise.reject(this.gone.reason);
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        if (error === null || error === undefined) return resolve();
        this.#lost((error as { code?: string }).code ?? error.message, error);
        reject(this.gone.reason);
      });
    });
  }

  async end(): Promise<void> {
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once("close", resolve);
      this.#socket.end(() => resolve());
    });
    await this.#dropRest();
  }

  destroy(broken: boolean): void {
    if (broken) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  /**
   * Takes what the program still sends until it ends, is quiet, or never stops. A socket that is closed with bytes
   * unread is reset by the kernel, which throws away what the program has not got yet.
   */
  async #dropRest(): Promise<void> {
    this.#isDropping = true;
    this.#socket.resume();
    const until = performance.now() + LONGEST_LINGER_MS;
    for (let seen = -1; seen !== this.#arrivals && performance.now() < until;) {
      seen = this.#arrivals;
      if (await this.#isOver(QUIET_MS)) return;
    }
  }

  /** Whether the program ends, or is gone, within `ms`. */
  #isOver(ms: number): Promise<boolean> {
    const socket = this.#socket;
    if (this.#ended || socket.destroyed) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (isOver: boolean) => {
        clearTimeout(timer);
        socket.off("end", onEnd).off("close", onEnd);
        resolve(isOver);
      };
      const onEnd = () => settle(true);
      const timer = setTimeout(settle, ms, false);
      socket.on("end", onEnd).on("close", onEnd);
    });
  }

  #received(chunk: Uint8Array): void {
    this.#arrivals++;
    if (this.#isDropping) return;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= HIGH_WATER) this.#socket.pause();
    this.#wake?.();
  }

  #lost(errno: string, cause: unknown): void {
    const options = { cause, details: { errno } };
    this.#gone.abort(new AmtError("net.connect", `${this.name} went away: ${errno}`, options));
    this.#wake?.();
  }
}

function listenError(address: string, port: number, cause: Error): AmtError {
  const errno = (cause as { code?: string }).code ?? cause.message;
  const place = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const options = { cause, details: { address, port, errno } };
  return new AmtError(
    "net.listen",
    `${place}: ${errno}`,
    errno !== "EACCES" ? options : {
      ...options,
      hint: "Ports below 1024 need root",
    },
  );
}
