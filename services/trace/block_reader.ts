import type { AmtError } from "../../core/errors/mod.ts";
import { traceError } from "./trace_error.ts";

/** Type, length and length again. */
const FRAME = 12;

/** One block of a pcapng file: a cursor over its body that never passes its end. */
export class BlockReader {
  readonly type: number;
  /** Bytes of the whole block. */
  readonly size: number;
  readonly #start: number;
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #end: number;
  #at: number;

  private constructor(file: Uint8Array, view: DataView, start: number, littleEndian: boolean) {
    this.#file = file;
    this.#view = view;
    this.#start = start;
    this.#littleEndian = littleEndian;
    this.type = view.getUint32(start, littleEndian);
    this.size = view.getUint32(start + 4, littleEndian);
    this.#at = start + 8;
    this.#end = start + this.size - 4;
  }

  /** The block at that byte. Throws `usage` when the file ends in it, or when its two lengths do not fit. */
  static at(file: Uint8Array, start: number, littleEndian: boolean): BlockReader {
    const left = file.length - start;
    if (left < FRAME) throw traceError(`the block at byte ${start}: it is cut off: ${left} bytes are left`);
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const block = new BlockReader(file, view, start, littleEndian);
    const { size } = block;
    if (size < FRAME || size % 4 !== 0) throw block.error(`${size} bytes is no length of a block`);
    if (size > left) throw block.error(`it is cut off: ${left} of its ${size} bytes are there`);
    const again = view.getUint32(start + size - 4, littleEndian);
    if (again !== size) throw block.error(`its length is ${size} in front and ${again} at its end`);
    return block;
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), this.#littleEndian);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), this.#littleEndian);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#file.subarray(at, at + length);
  }

  /** All options up to the end of the block. */
  options(): [code: number, value: Uint8Array][] {
    const options: [number, Uint8Array][] = [];
    while (this.#end - this.#at >= 4) {
      const code = this.u16();
      const length = this.u16();
      if (code === 0) break;
      options.push([code, this.take(length)]);
      this.skip(Math.min(-length & 3, this.#end - this.#at));
    }
    return options;
  }

  error(what: string): AmtError {
    return traceError(`the block at byte ${this.#start}: ${what}`);
  }

  #advance(length: number): number {
    const at = this.#at;
    if (length > this.#end - at) throw this.error(`${length} bytes are wanted, and ${this.#end - at} are left`);
    this.#at += length;
    return at;
  }
}
