import { AmtError } from "../core/errors/mod.ts";
import type { LocalStream } from "../transport/local_stream.ts";
import type { Context } from "./command.ts";

/** Standard input and output as a local program's end of a tunnel. */
export function stdioStream({ input, output }: Pick<Context, "input" | "output">): LocalStream {
  const reader = input.getReader();
  const writer = output.getWriter();
  /** Ends the write that is under way: whoever reads standard output may never do so. */
  let giveUp = () => {};
  return {
    name: "stdio",
    remote: undefined,
    gone: new AbortController().signal,
    async read() {
      const { value } = await reader.read();
      return value;
    },
    async write(bytes) {
      try {
        await new Promise<void>((resolve, reject) => {
          giveUp = () => reject(new AmtError("net.connect", "standard output was given up"));
          writer.write(bytes).then(resolve, reject);
        });
      } catch (cause) {
        if (cause instanceof AmtError) throw cause;
        throw new AmtError("net.connect", "standard output was closed", { cause });
      }
    },
    end: () => writer.close(),
    destroy() {
      giveUp();
      reader.cancel().catch(() => {});
    },
  };
}
