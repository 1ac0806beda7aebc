import { AmtError } from "../core/errors/mod.ts";
import { isLoopback } from "../transport/tcp.ts";

/** Where to listen. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** `16992`, `127.0.0.1:16992` or `[::1]:16992`; port 0 takes any. Throws `usage`, for what is no loopback address too. */
export function parsePlace(text: string): Place {
  const match = /^(?:(?:\[([0-9a-f]*:[0-9a-f.:]*)\]|([0-9.]+)):)?(\d{1,5})$/i.exec(text);
  const address = match?.[1] ?? match?.[2] ?? "127.0.0.1";
  const port = Number(match?.[3] ?? NaN);
  if (Number.isNaN(port) || port > 65535) {
    throw new AmtError("usage", `"${text}" is no place to listen`, {
      hint: "Write 16992, 127.0.0.1:16992 or [::1]:16992",
    });
  }
  if (!isLoopback(address)) {
    throw new AmtError("usage", `${address} is no loopback address`, {
      hint: "Only 127.0.0.1 and ::1: whoever can connect can talk to AMT as a program of this machine",
    });
  }
  return { address, port };
}
