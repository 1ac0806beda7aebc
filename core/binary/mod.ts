export { at, type Codec, decode, encode, mapped, type Wire } from "./codec.ts";
export { CodecError } from "./codec_error.ts";
export { ByteReader } from "./reader.ts";
export { ByteWriter } from "./writer.ts";
export { bits, constant, named, type NamedNumber, u16be, u16le, u32be, u32le, u64be, u64le, u8 } from "./numbers.ts";
export { bytes, prefixed, prefixedText, reserved, rest, text } from "./bytes.ts";
export { choice, list, many, sized, type Struct, struct } from "./composite.ts";
export { fromHex, HexError, toHex } from "./hex.ts";
