/**
 * A local program's end of a tunnel: a TCP connection, or standard input and output. Bytes are pulled and pushed, so
 * that whoever is slow holds up the other side and nothing is kept in between.
 */
export interface LocalStream {
  /** Who is there, `127.0.0.1:40312` or `stdio`. */
  readonly name: string;
  /** Of the connection's other end, where there is one. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  /** Fires, with an `AmtError`, when the program went away; not when it only says that it sends no more. */
  readonly gone: AbortSignal;
  /** Fires when the program has said that it sends no more, though not all that it sent was read; left out if unknown. */
  readonly ended?: AbortSignal;
  /** Whether no process has the other end any more, which `gone` does not tell while it may just be silent. */
  hasLeft?(): boolean;
  /** The next bytes; `undefined` when the program says that it will send no more. Rejects when it went away. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the bytes have left this process. Rejects when the program went away. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Says that no more will come. Resolves when a {@link LocalStream.destroy} does no harm to what was written: what the
   * program still sends is dropped. `broken`: some of what it sent was not taken, and a `destroy(true)` will tell; a
   * program that sends no more, and would not notice behind a good end, gets none then. Never rejects.
   */
  end(broken?: boolean): Promise<void>;
  /** Ends both directions at once. `broken` lets the program see that bytes may be missing: TCP resets. */
  destroy(broken: boolean): void;
}
