/** Byte layouts, declared: one declaration yields the encoder, the decoder and the TypeScript type. */

import { ByteReader } from "./reader.ts";
import { ByteWriter } from "./writer.ts";
import { CodecError } from "./codec_error.ts";

/** One value on the wire. */
export interface Codec<T> {
  /** Bytes this value always takes, or `undefined` when the value decides. */
  readonly size: number | undefined;
  write(out: ByteWriter, value: T): void;
  read(src: ByteReader): T;
}

/** The value a codec carries: `type AmthiHeader = Wire<typeof AmthiHeader>`. */
export type Wire<C> = C extends Codec<infer T> ? T : never;

/** The bytes of `value`; throws {@link CodecError} when it does not fit its layout. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(codec.size);
  codec.write(out, value);
  return out.finish();
}

/** Decodes exactly `bytes`: bytes left over are an error, as missing ones are. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const src = new ByteReader(bytes);
  const value = codec.read(src);
  src.expectEnd();
  return value;
}

/** The same bytes, seen as another type. */
export function mapped<A, B>(codec: Codec<A>, decode: (raw: A) => B, encode: (value: B) => A): Codec<B> {
  return {
    size: codec.size,
    write: (out, value) => codec.write(out, encode(value)),
    read: (src) => decode(codec.read(src)),
  };
}

/** Runs one step of a composite layout; a {@link CodecError} from inside gains `path` in front. */
export function at<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof CodecError) error.path = path + error.path;
    throw error;
  }
}
