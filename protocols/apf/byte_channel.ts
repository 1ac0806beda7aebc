import type { ByteChannel } from "../../transport/channel.ts";
import type { ApfChannel } from "./channel.ts";

/** A channel as streams that keep nothing themselves: a chunk is read from the channel when one is asked for. */
export function byteChannelOf(channel: ApfChannel): ByteChannel {
  return {
    readable: new ReadableStream<Uint8Array>({
      async pull(controller) {
        const chunk = await channel.read();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: () => channel.abort(),
    }, { highWaterMark: 0 }),
    writable: new WritableStream<Uint8Array>({
      write: (chunk) => channel.write(chunk),
      close: () => channel.shutdown(),
      abort: () => channel.abort(),
    }),
    closed: channel.closed,
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}
