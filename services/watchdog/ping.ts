import type { Clock } from "../../core/clock.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { type Armed, type Beat, type Feeder, mayHaveStarted } from "./feeder.ts";
import { type FeedOptions, type FeedSource, openFeeder } from "./open_feeder.ts";

export interface PingOptions extends FeedOptions {
  /** How many heartbeats. */
  readonly count: number;
  readonly intervalMs: number;
  /** Leaves the watchdog running. */
  readonly keepArmed: boolean;
  readonly clock: Clock;
  /** Told after each heartbeat. */
  readonly progress?: ((beat: Beat, number: number) => void) | undefined;
}

/** What was done to the watchdog, and how it is left. */
export interface PingResult {
  via: "kernel" | "mei";
  /** The kernel's watchdog, `/dev/watchdog1`. */
  path: string | null;
  timeoutSeconds: number;
  heartbeats: Beat[];
  armed: Armed;
  warnings: string[];
}

/** How long an interrupted ping may still take to stop the watchdog. */
const LAST_WORD_MS = 1000;

/**
 * Gives one heartbeat or several, and then stops the watchdog unless it is to stay armed. An interruption stops it
 * too, and so does an error. Rejects as {@link openFeeder} and `Feeder.beat` do; with `amt.state` when it is to stay
 * armed and the kernel would stop it; with `indeterminate` when it may run and could not be stopped.
 */
export async function ping(source: FeedSource, options: PingOptions): Promise<PingResult> {
  const { count, intervalMs, keepArmed, clock, signal, progress } = options;
  await using feeder = await openFeeder(source, options);
  if (keepArmed && feeder.leaves === false) throw undone(feeder);
  const heartbeats: Beat[] = [];
  try {
    for (let number = 1; number <= count; number++) {
      if (number > 1) await clock.sleep(intervalMs, signal, "watchdog ping");
      const beat = await feeder.beat({ signal });
      heartbeats.push(beat);
      progress?.(beat, number);
      if (beat.notRequired) break;
    }
  } catch (error) {
    if (keepArmed || !(error instanceof AmtError)) throw error;
    const mayRun = heartbeats.length > 0 || mayHaveStarted(error) || feeder.leaves === true;
    throw mayRun ? await stoppedAfter(error, feeder) : error;
  }
  const { armed, warnings } = await end(feeder, heartbeats.at(-1)!, options);
  return {
    via: feeder.via,
    path: feeder.path ?? null,
    timeoutSeconds: feeder.timeoutSeconds,
    heartbeats,
    armed,
    warnings,
  };
}

async function end(
  feeder: Feeder,
  { notRequired }: Beat,
  { keepArmed, signal }: PingOptions,
): Promise<Pick<PingResult, "armed" | "warnings">> {
  if (notRequired) {
    return { armed: false, warnings: ["the firmware does not want heartbeats now (NOT_REQUIRED): nothing is armed"] };
  }
  if (keepArmed) return { armed: feeder.leaves, warnings: [] };
  try {
    await feeder.disarm({ signal });
    return { armed: false, warnings: [] };
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "amt.state") throw error;
    return { armed: true, warnings: [`${error.message}; without further heartbeats it runs out`] };
  }
}

/** Stops the watchdog after an error, which comes back with what went wrong then. */
async function stoppedAfter(error: AmtError, feeder: Feeder): Promise<AmtError> {
  try {
    await feeder.disarm({ signal: AbortSignal.timeout(LAST_WORD_MS) });
    return error;
  } catch (cause) {
    if (!(cause instanceof AmtError)) throw cause;
    const armed = cause.code === "amt.state" ? true : "unknown";
    return new AmtError(armed === true ? error.code : "indeterminate", `${error.message}; ${cause.message}`, {
      details: { ...error.details, armed },
      cause,
    });
  }
}

function undone({ path }: Feeder): AmtError {
  return new AmtError("amt.state", `${path} cannot be left armed: mei_wdt stops it when its node is closed`, {
    hint: "Keep it open with amtctl watchdog run, or tell the kernel never to stop it " +
      `(echo 1 > /sys/class/watchdog/${path?.split("/").at(-1)}/nowayout), which lasts until the driver is bound anew`,
  });
}
