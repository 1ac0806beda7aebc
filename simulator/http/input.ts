import { type ServiceStream, StreamGone } from "../lme/service.ts";
import { HttpError } from "./http_error.ts";

/** Bytes that arrive on a stream, taken by lines and by counts. */
export class HttpInput {
  readonly #stream: ServiceStream;
  #rest: Uint8Array = new Uint8Array();

  constructor(stream: ServiceStream) {
    this.#stream = stream;
  }

  /** At most so many bytes, not copied; `undefined` at the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    if (this.#rest.length === 0) {
      const next = await this.#stream.read();
      if (next === undefined) return undefined;
      this.#rest = next;
    }
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes;
  }

  /** A line without its end; `undefined` when the stream ends at its start. Throws {@link HttpError} above `limit`. */
  async line(limit: number): Promise<string | undefined> {
    let text = "";
    for (;;) {
      const bytes = await this.some(limit + 1);
      if (bytes === undefined) {
        if (text === "") return undefined;
        throw new StreamGone();
      }
      const end = bytes.indexOf(0x0a);
      const taken = end < 0 ? bytes : bytes.subarray(0, end);
      text += String.fromCharCode(...taken);
      if (text.length > limit) throw new HttpError(431);
      if (end < 0) continue;
      this.#back(bytes.subarray(end + 1));
      return text.endsWith("\r") ? text.slice(0, -1) : text;
    }
  }

  /** Bytes that `some` just gave, back to be given again. */
  #back(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = bytes;
    this.#rest = new Uint8Array(buffer, byteOffset, length + this.#rest.length);
  }
}
