import { pattern } from "../pattern.ts";

/** The firmware's end of a channel, as what serves it sees it. */
export interface ServiceStream {
  /**
   * The host's next bytes, `undefined` when it closed and there are no more. What was read is taken: the host gets
   * credit for it. Rejects with {@link StreamGone}.
   */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when all is on its way, for which the host has to give credit. Rejects with {@link StreamGone}. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What is behind a port. The channel is closed when it is done. */
export type Service = (stream: ServiceStream) => Promise<void>;

/** The channel went away under a service: the session ended, or the host closed and has no credit left. */
export class StreamGone extends Error {
  override readonly name = "StreamGone";

  constructor() {
    super("the channel is gone");
  }
}

/** Sends back what comes. */
export const echo: Service = async (stream) => {
  for (let bytes = await stream.read(); bytes !== undefined; bytes = await stream.read()) await stream.write(bytes);
};

/** Takes all that comes. */
export const sink: Service = async (stream) => {
  while (await stream.read() !== undefined);
};

/** Sends so many bytes of `pattern`, takes none, and closes. */
export function source(length = Infinity): Service {
  return async (stream) => {
    for (const piece of pattern(length)) await stream.write(piece);
  };
}
