import { at, type Codec, constant, prefixed, reserved, struct, u32le, u8, type Wire } from "../../core/binary/mod.ts";

/** Group and command in a header like MKHI's; bit 7 of the command marks the answer. */
const GROUP = 0x0a;
const READ_FILE_EX = 0x0a;

/** Asks for a part of a file of the firmware by the file's number; 17 bytes. Source: fwupd plugins/intel-mchi. */
export const ReadFileExRequest = struct({
  group: constant(u8, GROUP),
  command: constant(u8, READ_FILE_EX),
  padding: reserved(2),
  file: u32le,
  offset: u32le,
  size: u32le,
  flags: u8,
});
export type ReadFileExRequest = Wire<typeof ReadFileExRequest>;

/** The answer; `data` is there when `result` is 0, and may be shorter than what was asked for. */
export interface ReadFileExResponse {
  readonly result: number;
  readonly data?: Uint8Array;
}

const front = struct({
  group: constant(u8, GROUP),
  command: constant(u8, READ_FILE_EX | 0x80),
  padding: reserved(1),
  result: u8,
});
const contents = prefixed(u32le);

export const ReadFileExResponse: Codec<ReadFileExResponse> = {
  size: undefined,
  write(out, { result, data }) {
    front.write(out, { result });
    if (data !== undefined) contents.write(out, data);
  },
  read(src) {
    const { result } = front.read(src);
    if (result === 0) return { result, data: at(".data", () => contents.read(src)) };
    src.take(src.left);
    return { result };
  },
};
