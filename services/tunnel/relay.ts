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
  let end: RelayEnd;
  let isWhole = false;
  const fail = (error: unknown) => {
    if (isWhole) return;
    end ??= error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
    local.destroy(true);
    channel.abort(end);
  };
  const onGone = () => fail(local.gone.reason);
  // Both at once, also while the other side takes nothing.
  local.gone.addEventListener("abort", onGone, { once: true });
  if (local.gone.aborted) onGone();
  channel.closed.catch(fail);
  const up = upwards(local, channel).catch(fail);
  try {
    await downwards(local, channel);
    // The firmware closed the channel: nobody takes what the program might still send.
    isWhole = true;
    await local.end();
    local.destroy(false);
  } catch (error) {
    fail(error);
  }
  await up;
  local.gone.removeEventListener("abort", onGone);
  return end;
}

/** From the program to the firmware. */
async function upwards(local: LocalStream, channel: ApfChannel): Promise<void> {
  for (let bytes = await local.read(); bytes !== undefined; bytes = await local.read()) {
    // What ends the channel ends the other direction too.
    if (!await channel.write(bytes).then(() => true, () => false)) return;
  }
  channel.shutdown();
}

/** From the firmware to the program. */
async function downwards(local: LocalStream, channel: ApfChannel): Promise<void> {
  for (let bytes = await channel.read(); bytes !== undefined; bytes = await channel.read()) await local.write(bytes);
}
