import { abortError, AmtError } from "../core/errors/mod.ts";
import type { ByteChannel, Dialer } from "./channel.ts";
import { fromDuplex } from "./duplex.ts";
import { placeOf } from "./place.ts";

/** How long a host may stay silent, in ms; the kernel would wait for two minutes. */
const CONNECT_LIMIT_MS = 10_000;

/** What `getaddrinfo` says of a name. */
const nameErrors: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no such name",
  EAI_NONAME: "there is no such name",
  EAI_NODATA: "the name has no address",
  EAI_AGAIN: "no name server answers",
};

/**
 * Connects over TCP to an IPv4 or IPv6 address without brackets, or to a name, all of whose addresses are tried. Rejects
 * with `net.connect` (details `errno`), and as `abortError` says when the signal fires first.
 */
export const dialTcp: Dialer = tcpDialer();

/** {@link dialTcp} with another limit for a silent host, in ms. */
export function tcpDialer(limitMs: number = CONNECT_LIMIT_MS): Dialer {
  return async (to, signal) => {
    const place = placeOf(to);
    if (signal?.aborted) throw abortError(signal, place);
    const { connect } = await import("node:net");
    return await new Promise<ByteChannel>((resolve, reject) => {
      const socket = connect({ host: to.host, port: to.port, allowHalfOpen: true, noDelay: true });
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const fail = (error: AmtError) => {
        settle();
        socket.destroy();
        reject(error);
      };
      const onAbort = () => fail(abortError(signal!, place));
      const timer = setTimeout(() => fail(silent(place, limitMs)), limitMs);
      signal?.addEventListener("abort", onAbort, { once: true });
      // Stays, for a second error of a socket that is destroyed must not end the process.
      socket.on("error", (cause) => fail(connectError(place, cause)));
      socket.once("connect", () => {
        settle();
        resolve(fromDuplex(socket, place));
      });
    });
  };
}

function silent(place: string, limitMs: number): AmtError {
  return new AmtError("net.connect", `${place}: no answer within ${limitMs / 1000} s`, {
    details: { errno: "ETIMEDOUT" },
  });
}

function connectError(place: string, cause: Error): AmtError {
  const errno = errnoOf(cause);
  const told = errno !== undefined && Object.hasOwn(nameErrors, errno) ? `${nameErrors[errno]} (${errno})` : errno;
  return new AmtError("net.connect", `${place}: ${told ?? cause.message}`, { cause, details: { errno } });
}

/** Of several addresses, the first one's. */
function errnoOf(cause: unknown): string | undefined {
  const { code, errors } = cause as { readonly code?: string; readonly errors?: readonly unknown[] };
  return code ?? (errors === undefined ? undefined : errnoOf(errors[0]));
}
