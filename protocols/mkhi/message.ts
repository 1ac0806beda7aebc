import { at, type Codec, constant, reserved, struct, u8, type Wire } from "../../core/binary/mod.ts";

/** A command of the kernel host interface that the firmware does not answer. */
export interface MkhiNotice<Request> {
  readonly name: string;
  readonly group: number;
  readonly command: number;
  /** What follows the request's header. */
  readonly request: Codec<Request>;
}

/** A command of the kernel host interface, as a value. */
export interface MkhiMessage<Request, Response> extends MkhiNotice<Request> {
  /** The command changes something. */
  readonly changes?: true;
  /** What follows the header of an answer that says success. */
  readonly response: Codec<Response>;
}

/** Data of a message that carries none. */
export const noData = struct({});

/** Bit 7 of the command marks an answer. */
const RESPONSE = 0x80;

/** Results that this program tells apart; the others pass as numbers. */
export const mkhiResult = { success: 0, notSupported: 0x89, invalidCommand: 0x8d } as const;

/**
 * The 4 bytes in front of every message; it has no length, so a message ends with what carries it. Source: Intel LMS
 * MKHICommand.h, fwupd fu-heci.rs, Linux drivers/misc/mei/mkhi.h.
 */
export const MkhiHeader = struct({ group: u8, command: u8, padding: reserved(1), result: u8 });
export type MkhiHeader = Wire<typeof MkhiHeader>;

/** A whole request. */
export function mkhiRequest<Request>({ group, command, request }: MkhiNotice<Request>): Codec<Request> {
  const front = struct({ group: constant(u8, group), command: constant(u8, command), padding: reserved(2) });
  return {
    size: undefined,
    write(out, value) {
      front.write(out, {});
      request.write(out, value);
    },
    read(src) {
      front.read(src);
      return request.read(src);
    },
  };
}

/** A whole answer; `data` is there when `result` is 0. */
export interface MkhiResponse<Response> {
  readonly result: number;
  readonly data?: Response;
}

/** A whole answer. After a result other than success nothing more is looked at. */
export function mkhiResponse<Response>(
  { group, command, response }: MkhiMessage<unknown, Response>,
): Codec<MkhiResponse<Response>> {
  const front = struct({
    group: constant(u8, group),
    command: constant(u8, command + RESPONSE),
    padding: reserved(1),
    result: u8,
  });
  return {
    size: undefined,
    write(out, { result, data }) {
      front.write(out, { result });
      if (data !== undefined) response.write(out, data);
    },
    read(src) {
      const { result } = front.read(src);
      if (result === mkhiResult.success) return { result, data: at(".data", () => response.read(src)) };
      src.take(src.left);
      return { result };
    },
  };
}
