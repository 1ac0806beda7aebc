import { AmtError } from "../core/errors/mod.ts";
import { parsePort } from "./port_argument.ts";

/** A machine on the network. */
export interface HostPlace {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** `undefined` when none is written. */
  readonly port: number | undefined;
}

const LONGEST_NAME = 253;

/** `amt.example`, `192.0.2.7:16993`, `[2001:db8::7]:16993` or `2001:db8::7`. Throws `usage`. */
export function parseHost(text: string): HostPlace {
  const [, v6, v6Port] = /^\[([0-9a-f:.]+(?:%[\w.-]+)?)\](?::(.*))?$/i.exec(text) ?? [];
  if (v6 !== undefined && v6.includes(":")) return { host: v6, port: optionalPort(v6Port) };
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?$/i.test(text)) return { host: text, port: undefined };
  const [, name, port] = /^([\w.-]+)(?::(.*))?$/.exec(text) ?? [];
  if (name !== undefined && name.length <= LONGEST_NAME) return { host: name, port: optionalPort(port) };
  throw new AmtError("usage", `${JSON.stringify(text)} is no host`, {
    hint: "Write amt.example, 192.0.2.7:16993 or [2001:db8::7]:16993; a name is in ASCII",
  });
}

function optionalPort(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parsePort(text);
}
