import type { AmtError } from "../../core/errors/mod.ts";
import type { WaitOptions } from "../../transport/mei.ts";
import type { ByteChannel } from "../../transport/channel.ts";

/** What a channel has carried, and where it stands. */
export interface ApfChannelStats {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  /** Bytes that the firmware may still send. */
  readonly receiveWindowBytes: number;
  /** Bytes that the firmware still takes. */
  readonly sendWindowBytes: number;
  /** Received, and not read yet. */
  readonly unreadBytes: number;
  /** Written, and not sent yet. */
  readonly unsentBytes: number;
}

/**
 * One connection through the tunnel. Bytes come and go whole and in order, or the stream ends with an `AmtError`:
 * `mei.reset` when the firmware restarted, `firmware.protocol`, `timeout`, or what the session ended with. APF cannot
 * close one direction alone: see {@link ApfChannel.shutdown}.
 */
export interface ApfChannel extends AsyncDisposable {
  /** Our number for it. */
  readonly id: number;
  /** The port it was opened to. */
  readonly port: number;
  /** Resolves when both sides have closed it; rejects with the error that ended it. */
  readonly closed: Promise<void>;
  /**
   * The next bytes; `undefined` once the firmware has closed the channel and all was read. One read at a time. The
   * bytes count as taken, and make room for more from the firmware, when the next read begins.
   */
  read(options?: WaitOptions): Promise<Uint8Array | undefined>;
  /**
   * Resolves when all of `bytes` were handed to the driver, for which the firmware has to give credit; they must not
   * change before. Rejects with `firmware.refused` when the firmware closed the channel before. When `signal` fires the
   * channel is aborted, since the rest is missing.
   */
  write(bytes: Uint8Array, options?: WaitOptions): Promise<void>;
  /**
   * The local side has no more to send, and still reads. What it wrote is sent; the channel is closed only when the
   * firmware closes it, or when nothing has come or gone for a while: 30 s, or one second when another connection waits
   * for its slot and something has answered. It ends with `timeout` if nothing answered what was written last.
   */
  shutdown(): void;
  /** A shutdown comes once what is being written was sent; firmware that takes nothing for as long ends the channel. */
  ending(): void;
  /**
   * Nobody is at the local end any more. What was written is still sent; then, after the shutdown, the channel is closed
   * at once if something has answered. While another connection waits for its slot, the firmware has one second to
   * answer, and five to take what is left.
   */
  orphan(): void;
  /** Closes the channel once what was written is sent; what arrives before the firmware closes it can be read. */
  close(): Promise<void>;
  /** Closes the channel at once: what is not sent or not read is dropped, and reads and writes reject with `error`. */
  abort(error?: AmtError): void;
  stats(): ApfChannelStats;
  /** The channel as streams; read and write then only by them. */
  byteChannel(): ByteChannel;
}
