import { CodecError } from "./codec_error.ts";

/** A cursor over bytes that never passes their end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #base: number;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes;
    this.#base = base;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Position from the start of the outermost message. */
  get offset(): number {
    return this.#base + this.#at;
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.left) {
      throw new CodecError("short", `needs ${length} bytes, ${this.left} left`, this.offset);
    }
    return this.bytes.subarray(this.#at, this.#at += length);
  }

  /** A view and the place in it at which the next `length` bytes stand; they are consumed. */
  view(length: number): [DataView, number] {
    const at = this.#at;
    this.take(length);
    return [this.#view, at];
  }

  /** A reader that ends after the next `length` bytes; they are consumed here. */
  sub(length: number): ByteReader {
    const base = this.offset;
    return new ByteReader(this.take(length), base);
  }

  /** Throws when bytes are left over. */
  expectEnd(): void {
    if (this.left > 0) throw new CodecError("trailing", `${this.left} bytes after the end`, this.offset);
  }
}
