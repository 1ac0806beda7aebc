import { AmtError } from "../core/errors/mod.ts";

/** The number of a TCP port. Throws `usage`. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) {
    throw new AmtError("usage", `"${text}" is no port`, { hint: "Give a number from 1 to 65535" });
  }
  return port;
}
