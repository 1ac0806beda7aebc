import { StreamGone } from "../lme/service.ts";
import { HttpError } from "./http_error.ts";
import type { HttpInput } from "./input.ts";

/** A body that comes in pieces. */
export interface BodySource {
  /** Bytes in it; `undefined` when that is known at its end only. */
  readonly length: number | undefined;
  /** The next piece, `undefined` behind the last. */
  read(): Promise<Uint8Array | undefined>;
}

/** The body of a request. */
export interface IncomingBody extends BodySource {
  /** Nothing is left of it. */
  readonly isOver: boolean;
  /** Takes what is left of it. */
  drain(): Promise<void>;
}

const LONGEST_CHUNK_LINE = 256;

/** All of a body. Throws {@link HttpError} for one of more than `most` bytes. */
export async function wholeBody(body: BodySource, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if ((body.length ?? 0) > most) throw new HttpError(413);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let piece = await body.read(); piece !== undefined; piece = await body.read()) {
    if ((length += piece.length) > most) throw new HttpError(413);
    pieces.push(piece.slice());
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A body that was taken already. */
export class TakenBody implements IncomingBody {
  readonly length: number;
  #bytes: Uint8Array | undefined;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#bytes = bytes.length === 0 ? undefined : bytes;
  }

  get isOver(): boolean {
    return this.#bytes === undefined;
  }

  read(): Promise<Uint8Array | undefined> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    return Promise.resolve(bytes);
  }

  drain(): Promise<void> {
    this.#bytes = undefined;
    return Promise.resolve();
  }
}

/** A body from the connection: so many bytes, or chunks when its length is not known. */
export class RequestBody implements IncomingBody {
  readonly length: number | undefined;
  readonly #input: HttpInput;
  /** Bytes left of it, or of the chunk. */
  #left: number;
  #isOver: boolean;

  constructor(input: HttpInput, length: number | undefined) {
    this.#input = input;
    this.length = length;
    this.#left = length ?? 0;
    this.#isOver = length === 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (!this.#isOver && this.#left === 0) await this.#startChunk();
    if (this.#isOver) return undefined;
    const bytes = await this.#input.some(this.#left);
    if (bytes === undefined) throw new StreamGone();
    this.#left -= bytes.length;
    if (this.#left === 0) await this.#endPiece();
    return bytes;
  }

  async drain(): Promise<void> {
    while (await this.read() !== undefined);
  }

  async #startChunk(): Promise<void> {
    const [, size] = /^([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(await this.#line()) ?? [];
    if (size === undefined) throw new HttpError(400);
    this.#left = parseInt(size, 16);
    if (this.#left > 0) return;
    while (await this.#line() !== "");
    this.#isOver = true;
  }

  async #endPiece(): Promise<void> {
    if (this.length !== undefined) this.#isOver = true;
    else if (await this.#line() !== "") throw new HttpError(400);
  }

  async #line(): Promise<string> {
    const line = await this.#input.line(LONGEST_CHUNK_LINE);
    if (line === undefined) throw new StreamGone();
    return line;
  }
}
