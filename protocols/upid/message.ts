import { at, type Codec, constant, sized, struct, u16le, u32le, u8, type Wire } from "../../core/binary/mod.ts";
import { upidStatus } from "./status.ts";

/** A command to the client of the unique platform id, as a value; none of these sends data. */
export interface UpidMessage<Response> {
  readonly name: string;
  readonly command: number;
  /** What follows the status of an answer that says success. */
  readonly response: Codec<Response>;
}

/** The platform id is the only feature of this client. */
const PLATFORM_ID = 0;

/** The 4 bytes in front of every message, in both directions. Source: Intel LMS UPIDCommand.h. */
export const UpidHeader = struct({
  feature: u8,
  command: u8,
  /** Bytes after this header. */
  length: u16le,
});
export type UpidHeader = Wire<typeof UpidHeader>;

/** A whole request. */
export function upidRequest({ command }: UpidMessage<unknown>): Codec<Record<never, never>> {
  return struct({ feature: constant(u8, PLATFORM_ID), command: constant(u8, command), length: constant(u16le, 0) });
}

/**
 * A whole answer; `data` is there when `status` is 0 and anything follows it. Without it, a success means that the
 * machine was never given what was asked for (rpc-go).
 */
export interface UpidResponse<Response> {
  readonly status: number;
  readonly data?: Response;
}

/** A whole answer. After a status other than success nothing more is looked at. */
export function upidResponse<Response>(
  { command, response }: UpidMessage<Response>,
): Codec<UpidResponse<Response>> {
  const front = struct({ feature: constant(u8, PLATFORM_ID), command: constant(u8, command) });
  const body = sized(u16le, statusAnd(response));
  return {
    size: undefined,
    write(out, value) {
      front.write(out, {});
      body.write(out, value);
    },
    read(src) {
      front.read(src);
      return body.read(src);
    },
  };
}

function statusAnd<Response>(response: Codec<Response>): Codec<UpidResponse<Response>> {
  return {
    size: undefined,
    write(out, { status, data }) {
      u32le.write(out, status);
      if (data !== undefined) response.write(out, data);
    },
    read(src) {
      const status = u32le.read(src);
      if (status === upidStatus.success && src.left > 0) return { status, data: at(".data", () => response.read(src)) };
      src.take(src.left);
      return { status };
    },
  };
}
