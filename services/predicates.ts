import { AmtError, type ErrorCode } from "../core/errors/mod.ts";
import type { FieldPath } from "./status/collector.ts";
import { readStatus, type StatusReading, type StatusSource } from "./status/read_status.ts";

export const predicates = ["activated", "enabled", "present", "reachable"] as const;
export type Predicate = typeof predicates[number];

/** A yes or no, and what it rests on. */
export interface Verdict {
  readonly answer: boolean;
  readonly reason: string;
}

/** What an error about AMT's own client says to a question; every other error leaves it open. */
type Meanings = Partial<Record<ErrorCode, boolean>>;

const off: Meanings = { "amt.disabled": false, "amt.absent": false };
const unreachable: Meanings = {
  ...off,
  "mei.absent": false,
  "mei.notReady": false,
  "mei.reset": false,
  "firmware.refused": false,
  "firmware.protocol": false,
  timeout: false,
};

const decisions: Record<Predicate, (source: StatusSource, signal: AbortSignal) => Promise<Verdict>> = {
  async activated(source, signal) {
    const reading = await read(source, ["controlMode", "provisioningState"], signal);
    const { controlMode, provisioningState } = reading.status;
    if (controlMode !== null) return { answer: controlMode.raw !== 0, reason: `control mode: ${controlMode.text}` };
    if (provisioningState !== null) {
      return { answer: provisioningState.value === "post", reason: `provisioning state: ${provisioningState.text}` };
    }
    return byFailure(reading, "controlMode", off);
  },

  async enabled(source, signal) {
    const reading = await read(source, ["amtVersion", "capabilities"], signal);
    const { amtVersion, capabilities } = reading.status;
    if (amtVersion !== null) return { answer: true, reason: `AMT ${amtVersion} answers` };
    if (capabilities !== null && capabilities.amtEnabled !== null) {
      const answer = capabilities.amtEnabled;
      return { answer, reason: `the firmware says that AMT is ${answer ? "enabled" : "not enabled"}` };
    }
    return byFailure(reading, "amtVersion", { ...off, "mei.busy": true });
  },

  async present(source, signal) {
    const reading = await read(source, ["amtVersion", "capabilities"], signal);
    const { amtVersion, capabilities } = reading.status;
    if (amtVersion !== null) return { answer: true, reason: `AMT ${amtVersion} answers` };
    if (capabilities !== null) {
      const answer = capabilities.amtCapable;
      return { answer, reason: `the firmware says that this platform has ${answer ? "" : "no "}AMT` };
    }
    return byFailure(reading, "amtVersion", { "amt.absent": false, "mei.busy": true });
  },

  async reachable(source, signal) {
    try {
      const reading = await read(source, ["amtVersion"], signal);
      const { amtVersion } = reading.status;
      if (amtVersion !== null) return { answer: true, reason: `AMT ${amtVersion} answers` };
      return byFailure(reading, "amtVersion", unreachable);
    } catch (error) {
      return meaning(error, unreachable);
    }
  },
};

/** Answers a question about this machine. Rejects with the error that kept it from telling. */
export async function decide(predicate: Predicate, source: StatusSource, signal: AbortSignal): Promise<Verdict> {
  return await decisions[predicate](source, signal);
}

function read(source: StatusSource, fields: readonly FieldPath[], signal: AbortSignal): Promise<StatusReading> {
  return readStatus(source, { fields, signal });
}

function byFailure({ failures }: StatusReading, field: FieldPath, meanings: Meanings): Verdict {
  return meaning(failures.get(field) ?? new AmtError("firmware.protocol", `${field} was not told`), meanings);
}

function meaning(error: unknown, meanings: Meanings): Verdict {
  const answer = error instanceof AmtError ? meanings[error.code] : undefined;
  if (answer === undefined) throw error;
  return { answer, reason: (error as AmtError).message };
}
