import type { Duplex } from "node:stream";
import { type ServiceStream, StreamGone } from "../lme/service.ts";

/** A service's stream as TLS of the runtime wants it. Destroying it reads no more; the stream itself is not ended. */
export async function streamDuplex(stream: ServiceStream): Promise<Duplex> {
  const { Duplex } = await import("node:stream");
  let isReading = false;
  return new Duplex({
    // What comes behind the end of the other direction still counts.
    allowHalfOpen: true,
    read() {
      if (isReading) return;
      isReading = true;
      stream.read().then((bytes) => {
        isReading = false;
        this.push(bytes ?? null);
      }, (error: Error) => this.destroy(error));
    },
    write(chunk: Uint8Array, _encoding, done) {
      // A copy: the runtime may use its buffer again.
      stream.write(Uint8Array.from(chunk)).then(() => done(), done);
    },
  });
}

/** The other way round. What ends it early is told as {@link StreamGone}. */
export function duplexStream(duplex: Duplex): ServiceStream {
  let isOver = false;
  let wake = () => {};
  duplex.on("readable", () => wake());
  for (const event of ["end", "close", "error"]) {
    duplex.on(event, () => {
      isOver = true;
      wake();
    });
  }
  return {
    async read() {
      for (;;) {
        const chunk = duplex.read() as Uint8Array | null;
        if (chunk !== null) return chunk;
        if (duplex.readableEnded) return undefined;
        if (isOver) throw new StreamGone();
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (duplex.destroyed) return reject(new StreamGone());
        duplex.write(bytes.slice(), (error) => error ? reject(new StreamGone()) : resolve());
      }),
  };
}
