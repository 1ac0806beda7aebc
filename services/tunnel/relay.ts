import { AmtError } from "../../core/errors/mod.ts";
import type { ApfChannel } from "../../protocols/apf/mod.ts";
import type { LocalStream } from "../../transport/local_stream.ts";

/** How a connection through the tunnel ended: `undefined` for well, when no byte is missing. */
export type RelayEnd = AmtError | undefined;

/**
 * Carries bytes between a local program and the firmware until both are done. A program that sends no more still gets
 * its answer. When either side fails the other one is told: the program by a reset of its connection. When the firmware
 * closes without taking all that the program had sent, the program gets the answer, and it ends with
 * `firmware.refused`. Never rejects.
 */
export async function relay(local: LocalStream, channel: ApfChannel): Promise<RelayEnd> {
  let end: RelayEnd;
  let refusal: RelayEnd;
  let isWhole = false;
  const fail = (error: unknown) => {
    if (isWhole) return;
    end ??= error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
    local.destroy(true);
    channel.abort(end);
  };
  const onGone = () => fail(local.gone.reason);
  const onEnded = () => channel.ending();
  // At once, also while the other side takes nothing.
  local.gone.addEventListener("abort", onGone, { once: true });
  local.ended?.addEventListener("abort", onEnded, { once: true });
  if (local.gone.aborted) onGone();
  if (local.ended?.aborted) onEnded();
  channel.closed.catch(fail);
  const up = upwards(local, channel, (error) => refusal = error).catch(fail);
  try {
    await downwards(local, channel);
    // The firmware closed the channel: nobody takes what the program might still send.
    isWhole = true;
    end ??= refusal;
    await local.end(end !== undefined);
    local.destroy(end !== undefined);
  } catch (error) {
    fail(error);
  }
  await up;
  local.gone.removeEventListener("abort", onGone);
  local.ended?.removeEventListener("abort", onEnded);
  return end;
}

/** From the program to the firmware. What ends the channel ends this direction too, and the other one tells of it. */
async function upwards(local: LocalStream, channel: ApfChannel, refused: (error: AmtError) => void): Promise<void> {
  for (let bytes = await local.read(); bytes !== undefined; bytes = await local.read()) {
    try {
      await channel.write(bytes);
    } catch (error) {
      if (error instanceof AmtError && error.code === "firmware.refused") refused(error);
      return;
    }
  }
  channel.shutdown();
}

/** From the firmware to the program. */
async function downwards(local: LocalStream, channel: ApfChannel): Promise<void> {
  for (let bytes = await channel.read(); bytes !== undefined; bytes = await channel.read()) await local.write(bytes);
}
