import { at, bits, type Codec, constant, rest, struct, u16le, u32le } from "../../core/binary/mod.ts";

/** A command to the client of the flash log, as a value; its request is a header and nothing more. */
export interface HothamMessage<Response> {
  readonly name: string;
  readonly command: number;
  /** What follows the header of an answer that says success. */
  readonly response: Codec<Response>;
}

/** The code of an answer that says success. */
const SUCCESS = 0x10;

const header = bits(u32le, { class: 2, target: 3, sequence: 3, code: 8, length: 12, reserved: 3, type: 1 });

/**
 * The 32 bits in front of every message. In answers class and target are reserved and the code is the result. The
 * length has no room for a whole log; Intel LMS and rpc-go send 0 and do not look. Source: Intel LMS HOTHAMCommand.h.
 */
export const HothamHeader = struct({ header });

/** A whole request, which is a header: class 2, a command, to target 1, the chip with the firmware. */
export function hothamRequest({ command }: HothamMessage<unknown>): Codec<Record<never, never>> {
  return struct({ header: constant(u32le, 2 + (1 << 2) + (command << 8)) });
}

/** A whole answer; `data` is there when `code` is 0x10, success. */
export interface HothamResponse<Response> {
  readonly code: number;
  readonly data?: Response;
}

/** A whole answer. After a code other than success nothing more is looked at. */
export function hothamResponse<Response>({ response }: HothamMessage<Response>): Codec<HothamResponse<Response>> {
  return {
    size: undefined,
    write(out, { code, data }) {
      header.write(out, { class: 0, target: 0, sequence: 0, code, length: 0, reserved: 0, type: 0 });
      if (data !== undefined) response.write(out, data);
    },
    read(src) {
      const { code } = header.read(src);
      if (code === SUCCESS) return { code, data: at(".data", () => response.read(src)) };
      src.take(src.left);
      return { code };
    },
  };
}

/** The size in bytes: Intel LMS reads 32 bits, rpc-go 16, so both are taken. */
const logSize: Codec<number> = {
  size: undefined,
  write: (out, value) => u32le.write(out, value),
  read: (src) => (src.left === 2 ? u16le : u32le).read(src),
};

/** How long the flash log is, in bytes. */
export const GetFlashLogSize: HothamMessage<number> = { name: "GetFlashLogSize", command: 0x80, response: logSize };

/** The flash log: what the firmware has noted of its own failures, in a form that no public source explains. */
export const GetFlashLog: HothamMessage<Uint8Array> = { name: "GetFlashLog", command: 0x81, response: rest };
