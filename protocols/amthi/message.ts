import { at, type Codec, constant, reserved, sized, struct, u32le, u8, type Wire } from "../../core/binary/mod.ts";

/** A command of the AMT host interface, as a value. */
export interface AmthiMessage<Request, Response> {
  /** The specification's name. */
  readonly name: string;
  /** Bits 0 to 22 the operation, 24 to 31 the class. */
  readonly command: number;
  /** What follows the request's header. */
  readonly request: Codec<Request>;
  /** What follows the status of an answer that says success. */
  readonly response: Codec<Response>;
  /** It changes the device, so that a lost answer leaves open whether it did. */
  readonly changes?: true;
}

/** Bit 23 of the command marks an answer. */
export const RESPONSE = 0x0080_0000;

/** AMT status words that this program tells apart; the others pass as numbers. Source: Intel LMS StatusCodeDefinitions.h. */
export const amtStatus = {
  success: 0,
  internalError: 1,
  notReady: 2,
  invalidAmtMode: 3,
  invalidMessageLength: 4,
  notPermitted: 0x10,
  unsupportedObject: 0x21,
  invalidParameter: 0x24,
  disabledByPolicy: 0x400,
  invalidHandle: 0x805,
  dataMissing: 0x809,
  unsupported: 0x812,
  notFound: 0x814,
  blockingComponent: 0x81c,
  ipv6InterfaceDisabled: 2500,
  interfaceDoesNotExist: 2501,
} as const;

/** The 12 bytes in front of every message. Source: Intel LMS AMTHICommand.h; captures by fwupd of ME 11.8.93. */
export const AmthiHeader = struct({
  major: u8,
  minor: u8,
  padding: reserved(2),
  command: u32le,
  /** Bytes after this header. */
  length: u32le,
});
export type AmthiHeader = Wire<typeof AmthiHeader>;

/** Data of a message that carries none. */
export const noData = struct({});

/** Declares a command. */
export function message<Request, Response>(
  name: string,
  command: number,
  layouts: Pick<AmthiMessage<Request, Response>, "request" | "response" | "changes">,
): AmthiMessage<Request, Response> {
  return { name, command, ...layouts };
}

/** A whole request: header, then data that ends where the header says. */
export function amthiRequest<Request>({ command, request }: AmthiMessage<Request, unknown>): Codec<Request> {
  const front = struct({
    major: constant(u8, 1),
    minor: constant(u8, 1),
    padding: reserved(2),
    command: constant(u32le, command),
  });
  const data = sized(u32le, request);
  return {
    size: undefined,
    write(out, value) {
      front.write(out, {});
      data.write(out, value);
    },
    read(src) {
      front.read(src);
      return data.read(src);
    },
  };
}

/** A whole answer; `data` is there when `status` is 0. */
export interface AmthiResponse<Response> {
  /** Minor version of the interface, mostly 1; any is taken. */
  readonly minor: number;
  readonly status: number;
  readonly data?: Response;
}

/** A whole answer: header, status, then data that ends where the header says. The header's length counts the status. */
export function amthiResponse<Response>(
  { command, response }: AmthiMessage<unknown, Response>,
): Codec<AmthiResponse<Response>> {
  const front = struct({
    major: constant(u8, 1),
    minor: u8,
    padding: reserved(2),
    command: constant(u32le, command + RESPONSE),
  });
  const body = sized(u32le, statusAnd(response));
  return {
    size: undefined,
    write(out, { minor, ...rest }) {
      front.write(out, { minor });
      body.write(out, rest);
    },
    read(src) {
      const { minor } = front.read(src);
      return { minor, ...body.read(src) };
    },
  };
}

/** After a status other than success the data may be missing, short or zero, so it is passed over. */
function statusAnd<Response>(response: Codec<Response>): Codec<{ status: number; data?: Response }> {
  return {
    size: undefined,
    write(out, { status, data }) {
      u32le.write(out, status);
      if (data !== undefined) response.write(out, data);
    },
    read(src) {
      const status = u32le.read(src);
      if (status === amtStatus.success) return { status, data: at(".data", () => response.read(src)) };
      src.take(src.left);
      return { status };
    },
  };
}
