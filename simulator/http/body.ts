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

const LONGEST_CHUNK_LINE = 256;

/** The body of a request: so many bytes, or chunks when its length is not known. */
export class RequestBody implements BodySource {
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

  /** Takes what is left of it. */
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
