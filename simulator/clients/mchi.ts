import { decode, encode } from "../../core/binary/mod.ts";
import { ReadFileExRequest, ReadFileExResponse } from "../../protocols/mchi/mod.ts";

/** Bytes of a request for a part of a file. */
const REQUEST_LENGTH = 17;
const SUCCESS = 0x00;
const NO_FILE = 0x03;
const INVALID_COMMAND = 0x8d;

/** Bytes of the hash that each of the files holds. */
const HASH_LENGTH = 48;

/**
 * What the client of manufacturing and configuration answers, with the three files that fwupd reads: the hash of the
 * boot key, the same again, and a second slot that is empty, as on the machine of its capture.
 */
export function mchiAnswers(message: Uint8Array): Uint8Array {
  if (message.length < 4) return new Uint8Array(0);
  if (message.length !== REQUEST_LENGTH || message[0] !== 0x0a || message[1] !== 0x0a) {
    return Uint8Array.of(message[0]!, message[1]! | 0x80, 0, INVALID_COMMAND);
  }
  const { file, offset, size } = decode(ReadFileExRequest, message);
  const contents = read(file);
  if (contents === undefined) return encode(ReadFileExResponse, { result: NO_FILE });
  return encode(ReadFileExResponse, { result: SUCCESS, data: contents.slice(offset, offset + size) });
}

function read(file: number): Uint8Array | undefined {
  switch (file) {
    case 0x4000_2300:
    case 0x4000_5b00:
      return Uint8Array.from({ length: HASH_LENGTH }, (_, i) => i + 1);
    case 0x4000_5c00:
      return new Uint8Array(HASH_LENGTH);
    default:
      return undefined;
  }
}
