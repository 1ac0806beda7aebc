/**
 * A stream of bytes in both directions: TCP, TLS, a channel of APF, or a pair in memory. Closing `writable` says that
 * no more will be sent; `readable` ends when the other side says so, and errors with an `AmtError` when bytes may be
 * missing. Disposal ends both at once.
 */
export interface ByteChannel extends AsyncDisposable {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Settles when the channel is gone; rejects with the `AmtError` that ended it. */
  readonly closed: Promise<void>;
}

/** Opens a channel to a host and a port. Rejects with `AmtError`. */
export type Dialer = (
  to: { readonly host: string; readonly port: number },
  signal?: AbortSignal,
) => Promise<ByteChannel>;
