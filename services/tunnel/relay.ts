import { AmtError } from "../../core/errors/mod.ts";
import type { ApfChannel } from "../../protocols/apf/mod.ts";
import type { LocalStream } from "../../transport/local_stream.ts";

/** How a connection through the tunnel ended: `undefined` for well, when no byte is missing. */
export type RelayEnd = AmtError | undefined;

/**
 * Carries bytes between a local program and the firmware until both are done. A program that sends no more still gets
 * its answer. When either side fails the other one is told: the program by a reset of its connection. Never rejects.
 */
export async function relay(local: LocalStream, channel: ApfChannel): Promise<RelayEnd> {
  const up = upwards(local, channel);
  const down = downwards(local, channel);
  const downEnd = await down;
  if (downEnd !== undefined) {
    local.destroy(true);
    channel.abort(downEnd);
    await up;
    return downEnd;
  }
  // The firmware closed the channel: nobody takes what the program might still send.
  await local.end().catch(() => {});
  local.destroy(false);
  const upEnd = await up;
  return upEnd !== undefined && upEnd.code !== "firmware.refused" && upEnd.code !== "net.connect" ? upEnd : undefined;
}

/** From the program to the firmware. */
async function upwards(local: LocalStream, channel: ApfChannel): Promise<RelayEnd> {
  try {
    for (;;) {
      const bytes = await local.read();
      if (bytes === undefined) break;
      await channel.write(bytes);
    }
    channel.shutdown();
    return undefined;
  } catch (error) {
    const end = asAmtError(error);
    // A program that is gone takes no answer; an error of the channel ends the other direction by itself.
    if (end.code === "net.connect") channel.abort(end);
    return end;
  }
}

/** From the firmware to the program. */
async function downwards(local: LocalStream, channel: ApfChannel): Promise<RelayEnd> {
  try {
    for (;;) {
      const bytes = await channel.read();
      if (bytes === undefined) return undefined;
      await local.write(bytes);
    }
  } catch (error) {
    return asAmtError(error);
  }
}

function asAmtError(error: unknown): AmtError {
  return error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
}
