import { Buffer } from "node:buffer";
import { AmtError } from "../../../core/errors/mod.ts";
import { HttpClient, type HttpClientOptions } from "../../../protocols/http/mod.ts";
import type { Dialer } from "../../../transport/channel.ts";
import { nextTurn } from "../../../transport/eager_tries.ts";
import { channelPair, type PairEnd } from "../../transport/channel_pair.ts";

/** A challenge of AMT 15, as MPS has it in its tests (src/amt/CIRAHandler.test.ts). */
export const CHALLENGE = 'Digest realm="Digest:34BF4B5A0561F95248F58509A406E046", ' +
  'nonce="bQali2IAAAAAAAAAn0xaWCOcxNsRcEHX",stale="false",qop="auth"';

/** What is read of a request. */
export interface Heard {
  /** The request line, then the headers as they were written. */
  readonly head: readonly string[];
  readonly body: string;
  /** Writes of the client that it came in. */
  readonly chunks: number;
  /** The value of a header, by its name in any case. */
  header(name: string): string | undefined;
  /** A parameter of Authorization, without quotes; empty when it is not there. */
  digest(name: string): string;
}

const encoder = new TextEncoder();

/** One connection, as the server has it: exact bytes out, requests in. */
export class ServerSide {
  readonly #end: PairEnd;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #got = "";
  #chunks = 0;

  constructor(end: PairEnd) {
    this.#end = end;
    this.#reader = end.readable.getReader();
    this.#writer = end.writable.getWriter();
    for (const promise of [this.#reader.closed, this.#writer.closed]) promise.catch(() => {});
  }

  /** The next request, body and all; `undefined` when the client says no more. */
  async hear(): Promise<Heard | undefined> {
    if (!await this.#until(() => this.#got.includes("\r\n\r\n"))) return undefined;
    const headEnd = this.#got.indexOf("\r\n\r\n");
    const head = this.#got.slice(0, headEnd).split("\r\n");
    const header = (name: string) =>
      head.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))?.slice(name.length + 2);
    const end = headEnd + 4 + Number(header("Content-Length") ?? 0);
    await this.#until(() => this.#got.length >= end);
    const body = this.#got.slice(headEnd + 4, end);
    this.#got = this.#got.slice(end);
    const digest = (name: string) => parameter(header("Authorization") ?? "", name);
    const chunks = this.#chunks;
    this.#chunks = 0;
    return { head, body, chunks, header, digest };
  }

  /** Takes the head of a request alone, and leaves its body where it is. */
  async hearHead(): Promise<void> {
    await this.#until(() => this.#got.includes("\r\n\r\n"));
  }

  /** Sends bytes, one character each. Goes on when the client is gone. */
  async say(...pieces: readonly string[]): Promise<void> {
    for (const piece of pieces) {
      await this.#writer.write(Buffer.from(piece, "latin1")).catch(() => {});
    }
  }

  /** 200 with a length. */
  ok(body = "fine"): Promise<void> {
    return this.say(`HTTP/1.1 200 OK\r\nContent-Length: ${encoder.encode(body).length}\r\n\r\n${body}`);
  }

  /** 401 as AMT has it. */
  async unauthorized(challenge = CHALLENGE): Promise<void> {
    await this.say(
      `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${challenge}\r\nContent-Type: text/html\r\n` +
        "Server: Intel(R) Active Management Technology 15.0.23.1706\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope",
    );
    await this.end();
  }

  /** Says no more. */
  async end(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  /** Resets the connection. */
  reset(): void {
    this.#end.break(new AmtError("net.connect", "memory: ECONNRESET", { details: { errno: "ECONNRESET" } }));
  }

  /** Takes nothing more, and says so. */
  async refuseMore(): Promise<void> {
    await this.#reader.cancel();
  }

  /** Resolves when the client has closed its side, or is gone. */
  async gone(): Promise<void> {
    await this.#until(() => false);
  }

  async #until(isThere: () => boolean): Promise<boolean> {
    while (!isThere()) {
      const next = await this.#reader.read().catch(() => undefined);
      if (next?.value === undefined) return false;
      this.#chunks++;
      this.#got += Buffer.from(next.value).toString("latin1");
    }
    return true;
  }
}

function parameter(authorization: string, name: string): string {
  const [, quoted, bare] = new RegExp(`[ ,]${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^,]*))`).exec(authorization) ?? [];
  return quoted ?? bare ?? "";
}

/** Takes connections, and does with each what the test says: the n-th script has the n-th, the last one all others. */
export class ScriptedServer {
  readonly dials: { readonly host: string; readonly port: number }[] = [];
  /** The client's ends. */
  readonly ends: PairEnd[] = [];
  /** Requests, as the scripts put them here. */
  readonly heard: Heard[] = [];
  readonly dial: Dialer;

  constructor(...scripts: readonly ((server: ServerSide, requests: Heard[]) => Promise<void>)[]) {
    this.dial = (to) => {
      const script = scripts[Math.min(this.dials.length, scripts.length - 1)]!;
      this.dials.push(to);
      const [client, server] = channelPair();
      this.ends.push(client);
      script(new ServerSide(server), this.heard);
      return Promise.resolve(client);
    };
  }
}

/** Hears one request and answers it so. */
export function answering(...pieces: readonly string[]) {
  return async (server: ServerSide, heard: Heard[]) => {
    heard.push((await server.hear())!);
    await server.say(...pieces);
  };
}

/** Wants a digest on every connection, and lets any in. */
export async function guarded(server: ServerSide, heard: Heard[]): Promise<void> {
  for (let request = await server.hear(); request !== undefined; request = await server.hear()) {
    heard.push(request);
    if (request.header("Authorization") === undefined) return await server.unauthorized();
    await server.ok();
  }
}

/** Answers request after request. */
export async function keeping(server: ServerSide, heard: Heard[]): Promise<void> {
  for (let request = await server.hear(); request !== undefined; request = await server.hear()) {
    heard.push(request);
    await server.ok();
  }
}

/** Hears a request, and says nothing. */
export async function silent(server: ServerSide, heard: Heard[]): Promise<void> {
  heard.push((await server.hear())!);
  await server.gone();
}

/** A client of such a server, as `admin` with the password `P@ssw0rd` unless said otherwise. */
export function clientOf(server: ScriptedServer, options: Partial<HttpClientOptions> = {}): HttpClient {
  const credentials = { user: "admin", password: () => Promise.resolve("P@ssw0rd") };
  return new HttpClient({ dial: server.dial, host: "192.0.2.1", port: 16992, credentials, ...options });
}

/** A POST of an envelope. */
export function post(body = "<a/>", more: { readonly changes?: boolean; readonly signal?: AbortSignal } = {}) {
  return {
    method: "POST",
    path: "/wsman",
    headers: { "Content-Type": "application/soap+xml; charset=utf-8" },
    body: encoder.encode(body),
    changes: false,
    ...more,
  };
}

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Lets whatever can happen without more input happen. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await nextTurn();
}
