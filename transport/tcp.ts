import type { Socket } from "node:net";
import { AmtError } from "../core/errors/mod.ts";
import type { LocalStream } from "./local_stream.ts";
import { type TcpEnd, type TcpLook, TcpTable } from "./tcp_table.ts";

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
/** How often it is looked whether a program took the last bytes, in ms. */
const TAKEN_MS = 20;

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
  const [{ createServer }, { loadHost }] = await Promise.all([import("node:net"), import("../ffi/load.ts")]);
  const table = new TcpTable(await loadHost());
  const server = createServer({ allowHalfOpen: true }, (socket) => accept(new TcpStream(socket, table)));
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
  readonly remote: TcpEnd;
  readonly #socket: Socket;
  readonly #table: TcpTable | undefined;
  readonly #local: TcpEnd;
  readonly #gone = new AbortController();
  readonly #ended = new AbortController();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isDropping = false;
  /** The program has not taken all that was written, or that is not known. */
  #hasTail = false;
  /** So many looks in a row did not find the connection. */
  #absences = 0;
  /** Counts what comes. */
  #arrivals = 0;
  #wake: (() => void) | undefined;

  /** `table`: of the kernel that has both ends. */
  constructor(socket: Socket, table?: TcpTable) {
    this.#socket = socket;
    this.#table = table;
    socket.setNoDelay(true);
    const { remoteAddress: address = "?", remotePort: port = 0, localAddress = "?", localPort = 0 } = socket;
    this.remote = { address, port };
    this.#local = { address: localAddress, port: localPort };
    this.name = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
    socket.on("data", (chunk) => this.#received(chunk as Uint8Array));
    socket.on("end", () => {
      this.#ended.abort();
      this.#wake?.();
    });
    socket.on("error", (cause) => this.#lost((cause as { code?: string }).code ?? cause.message, cause));
    socket.on("close", () => {
      if (!this.ended.aborted) this.#lost("closed", undefined);
    });
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  hasLeft(): boolean {
    const other = this.#look()?.other;
    // A reset is not always told while nothing is read.
    this.#absences = other === "absent" ? this.#absences + 1 : 0;
    if (this.#absences >= 2) this.#lost("ECONNRESET", undefined);
    return this.gone.aborted || other === "left";
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0) {
      this.gone.throwIfAborted();
      if (this.ended.aborted) return undefined;
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

  async end(broken = false): Promise<void> {
    if (this.#socket.destroyed) return;
    if (broken && this.#sendsNoMore()) return await this.#lastTaken();
    await new Promise<void>((resolve) => {
      this.#socket.once("close", resolve);
      this.#socket.end(() => resolve());
    });
    await this.#dropRest();
    this.#hasTail = this.#look()?.untakenBytes !== 0;
  }

  destroy(broken: boolean): void {
    if (broken && !this.#hasTail) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  /**
   * Takes what the program still sends until it ends, is quiet, or never stops. A socket that is closed with bytes
   * unread is reset by the kernel, which throws away what the program has not got yet.
   */
  async #dropRest(): Promise<void> {
    this.#drop();
    const until = performance.now() + LONGEST_LINGER_MS;
    for (let seen = -1; seen !== this.#arrivals && performance.now() < until;) {
      seen = this.#arrivals;
      if (await this.#isOver(QUIET_MS)) return;
    }
  }

  /** Whether the program ends, or is gone, within `ms`. */
  #isOver(ms: number): Promise<boolean> {
    const socket = this.#socket;
    if (this.ended.aborted || socket.destroyed) return Promise.resolve(true);
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

  #look(): TcpLook | undefined {
    return this.#table?.look(this.#local, this.remote);
  }

  /** Of a program that has not been read to its end the kernel knows it; only where it tells more, too. */
  #sendsNoMore(): boolean {
    const { other, untakenBytes } = this.#look() ?? {};
    return untakenBytes !== undefined && (this.ended.aborted || other === "ended" || other === "left");
  }

  /** Resolves when the program has taken all that was written, or does not. */
  async #lastTaken(): Promise<void> {
    this.#drop();
    const until = performance.now() + LONGEST_LINGER_MS;
    while (!this.#socket.destroyed && performance.now() < until) {
      if (this.#look()?.untakenBytes === 0) return;
      await new Promise<void>((resolve) => setTimeout(resolve, TAKEN_MS));
    }
    this.#hasTail = true;
  }

  #drop(): void {
    this.#isDropping = true;
    this.#socket.resume();
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
