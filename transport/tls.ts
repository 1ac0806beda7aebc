import type { TLSSocket } from "node:tls";
import { abortError, AmtError } from "../core/errors/mod.ts";
import { type TlsStack, tlsStack } from "../ffi/tls_stack.ts";
import type { ByteChannel, Dialer } from "./channel.ts";
import { fromDuplex, toDuplex } from "./duplex.ts";
import { placeOf } from "./place.ts";
import { handshakeError, sessionError, unprovedError } from "./tls_errors.ts";
import { LONGEST_FLIGHT, readFlight } from "./tls_flight.ts";
import { checkClientCertificate, connectOptions, type TlsOptions } from "./tls_options.ts";
import { isVouchedFor, provesKey } from "./tls_own_checks.ts";
import { chainOf, type TlsPeer, untrustedReason } from "./tls_peer.ts";

export type { ClientCertificate, TlsOptions } from "./tls_options.ts";
export type { TlsPeer } from "./tls_peer.ts";

/** The firmware's engine is slow: a second for a signature is usual. */
const HANDSHAKE_LIMIT_MS = 20_000;
/** The random bytes of a client's hello are within these. */
const CLIENT_HELLO_START = 64;

/**
 * TLS over another dialer: 1.2 or newer, decided by `judge` alone. Rejects with what the inner dialer or `judge` rejects
 * with, as `handshakeError` says, as `abortError` says when the signal fires first, and with `usage` when the client's
 * certificate or key is none.
 */
export function tlsDialer(dial: Dialer, options: TlsOptions): Dialer {
  return async (to, signal) => {
    if (options.clientCertificate !== undefined) await checkClientCertificate(options.clientCertificate);
    const channel = await dial(to, signal);
    try {
      return await secured(channel, { to, options, signal, place: placeOf(to), stack: tlsStack() });
    } catch (error) {
      await channel[Symbol.asyncDispose]();
      throw error;
    }
  };
}

interface Attempt {
  readonly to: Parameters<Dialer>[0];
  readonly options: TlsOptions;
  readonly signal: AbortSignal | undefined;
  readonly place: string;
  readonly stack: TlsStack;
}

async function secured(channel: ByteChannel, attempt: Attempt): Promise<ByteChannel> {
  const { to, options, place, signal, stack } = attempt;
  const [sent, received] = [new FirstBytes(CLIENT_HELLO_START), new FirstBytes(LONGEST_FLIGHT)];
  const inner = await toDuplex(stack === "rustls" ? withTap(channel, sent) : channel);
  const [{ connect }, settings] = await Promise.all([import("node:tls"), connectOptions(to.host, options, stack)]);
  // They come through the TLS socket, once there is one.
  inner.on("error", () => {});
  const socket = connect({ socket: inner, ...settings });
  const onData = (chunk: Uint8Array) => received.add(chunk);
  inner.on("data", onData);
  let failure: Error | undefined;
  // Also while nobody has the socket, as while its certificate is judged.
  socket.on("error", (error: Error | null) => failure ??= error ?? undefined);
  socket.once("close", () => inner.destroy());
  try {
    await connected(socket, attempt);
  } catch (error) {
    if (error instanceof AmtError) throw error;
    throw await handshakeError({
      place,
      cause: failure,
      flight: readFlight(received.bytes),
      stack,
      legacy: options.legacy === true,
      isCapped: settings.maxVersion !== undefined,
      hasClientCertificate: options.clientCertificate !== undefined,
    });
  } finally {
    inner.off("data", onData);
  }
  await options.judge(await peerOf(socket, attempt, sent.bytes, received.bytes));
  if (failure !== undefined) throw sessionError(place, failure);
  if (signal?.aborted) throw abortError(signal, place);
  return withInner(fromDuplex(socket, place, (cause) => sessionError(place, cause)), channel);
}

/** Rejects with an `AmtError` when the wait was too long, and with anything else when the handshake failed. */
async function connected(socket: TLSSocket, { place, options, signal }: Attempt): Promise<void> {
  const { limitMs = HANDSHAKE_LIMIT_MS } = options;
  let onAbort = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const what = `${place}: no answer to the TLS handshake within ${limitMs / 1000} s`;
      timer = setTimeout(() => reject(new AmtError("net.connect", what)), limitMs);
      onAbort = () => reject(abortError(signal!, place));
      if (signal?.aborted) onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      socket.once("secureConnect", resolve).once("error", reject).once("close", reject);
    });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

async function peerOf(
  socket: TLSSocket,
  { to, options, place, stack }: Attempt,
  sent: Uint8Array,
  received: Uint8Array,
): Promise<TlsPeer> {
  const chain = chainOf(socket);
  if (chain.length === 0) throw new AmtError("tls.untrusted", `${place}: the server has no certificate`);
  let untrusted = untrustedReason(socket);
  if (stack === "rustls") {
    if (!await provesKey(sent, readFlight(received), chain[0]!)) throw unprovedError(place, undefined);
    if (untrusted === undefined && !await isVouchedFor(chain, options.roots)) untrusted = "CERT_SIGNATURE_FAILURE";
  }
  const { host, port } = to;
  return { host, port, chain, protocol: socket.getProtocol() ?? "", cipher: socket.getCipher()?.name ?? "", untrusted };
}

/** Keeps what comes first. */
class FirstBytes {
  readonly #buffer: Uint8Array;
  #length = 0;

  constructor(limit: number) {
    this.#buffer = new Uint8Array(limit);
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  add(chunk: Uint8Array): void {
    const part = chunk.subarray(0, this.#buffer.length - this.#length);
    this.#buffer.set(part, this.#length);
    this.#length += part.length;
  }
}

/** The channel, with a look at what is written to it. */
function withTap(channel: ByteChannel, sent: FirstBytes): ByteChannel {
  const writer = channel.writable.getWriter();
  // The writes themselves tell.
  for (const promise of [writer.closed, writer.ready]) promise.catch(() => {});
  const writable = new WritableStream<Uint8Array>({
    write(chunk) {
      sent.add(chunk);
      return writer.write(chunk);
    },
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  });
  const { readable, closed } = channel;
  return { readable, writable, closed, [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose]() };
}

/** Is gone only when the channel below is. */
function withInner(outer: ByteChannel, inner: ByteChannel): ByteChannel {
  return {
    readable: outer.readable,
    writable: outer.writable,
    closed: outer.closed,
    async [Symbol.asyncDispose]() {
      await outer[Symbol.asyncDispose]();
      await inner[Symbol.asyncDispose]();
    },
  };
}
