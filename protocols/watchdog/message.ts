import { type Codec, constant, sized, struct, u8, type Wire } from "../../core/binary/mod.ts";

/** A message to the WD client, as a value. */
export interface WatchdogMessage<Request> {
  /** The specification's name. */
  readonly name: string;
  readonly command: number;
  readonly subcommand: number;
  /** What follows the header. */
  readonly request: Codec<Request>;
}

/** Version of the interface, the same in all messages. */
const VERSION = 0x10;

/** The 4 bytes in front of every message to this client. Source: Linux drivers/watchdog/mei_wdt.c; Intel LMS. */
export const WatchdogHeader = struct({
  command: u8,
  /** Bytes after this one. */
  byteCount: u8,
  subcommand: u8,
  version: u8,
});
export type WatchdogHeader = Wire<typeof WatchdogHeader>;

/** A whole message: header, then data that ends where the header says. */
export function watchdogRequest<Data>(
  { command, subcommand, request }: Pick<WatchdogMessage<Data>, "command" | "subcommand" | "request">,
): Codec<Data> {
  const front = constant(u8, command);
  const body = sized(u8, subcommandAnd(subcommand, request));
  return {
    size: undefined,
    write(out, value) {
      front.write(out);
      body.write(out, value);
    },
    read(src) {
      front.read(src);
      return body.read(src);
    },
  };
}

function subcommandAnd<Data>(subcommand: number, data: Codec<Data>): Codec<Data> {
  const front = struct({ subcommand: constant(u8, subcommand), version: constant(u8, VERSION) });
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
