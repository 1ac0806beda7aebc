import { AmtError, type ErrorCode } from "../core/errors/mod.ts";
import type { FieldPath } from "./status/collector.ts";
import { readStatus, type StatusReading, type StatusSource } from "./status/read_status.ts";
import type { Status } from "./status/status.ts";

export const predicates = ["activated", "enabled", "present", "reachable"] as const;
export type Predicate = typeof predicates[number];

/** A yes or no, and what it rests on. */
export interface Verdict {
  readonly answer: boolean;
  readonly reason: string;
}

/** What an error about AMT's own client says to a question; every other error leaves it open. */
type Meanings = Partial<Record<ErrorCode, boolean>>;

/** Reads these fields of this machine. */
type Read = (...fields: FieldPath[]) => Promise<StatusReading>;

const unreachable: Meanings = {
  "amt.disabled": false,
  "amt.absent": false,
  "mei.absent": false,
  "mei.notReady": false,
  "mei.reset": false,
  "firmware.refused": false,
  "firmware.protocol": false,
  timeout: false,
};

const decisions: Record<Predicate, (read: Read) => Promise<Verdict>> = {
  /** That AMT does not answer is no proof: it may be restarting. MKHI's word is one. */
  async activated(read) {
    const reading = await read("controlMode", "provisioningState");
    const { controlMode, provisioningState } = reading.status;
    if (controlMode !== null) return { answer: controlMode.raw !== 0, reason: `control mode: ${controlMode.text}` };
    if (provisioningState !== null) {
      return { answer: provisioningState.value === "post", reason: `provisioning state: ${provisioningState.text}` };
    }
    const capabilities = await told(read, "capabilities");
    const off = capabilities === null ? undefined : offByFirmware(capabilities);
    return off ?? byFailure(reading, "controlMode", { "amt.absent": false });
  },

  async enabled(read) {
    const capabilities = await told(read, "capabilities");
    const off = capabilities === null ? undefined : offByFirmware(capabilities);
    if (off !== undefined) return off;
    if (capabilities?.amtEnabled === true) return { answer: true, reason: "the firmware says that AMT is enabled" };
    const operationalState = await told(read, "operationalState");
    if (operationalState !== null) {
      return { answer: operationalState.value === "enabled", reason: `AMT is ${operationalState.text}` };
    }
    return byAnswer(await read("amtVersion"), { "amt.absent": false, "mei.busy": true });
  },

  async present(read) {
    const reading = await read("amtVersion", "capabilities");
    const { amtVersion, capabilities } = reading.status;
    if (amtVersion === null && capabilities !== null) {
      const answer = capabilities.amtCapable;
      return { answer, reason: `the firmware says that this platform has ${answer ? "" : "no "}AMT` };
    }
    return byAnswer(reading, { "amt.absent": false, "mei.busy": true });
  },

  async reachable(read) {
    try {
      return byAnswer(await read("amtVersion"), unreachable);
    } catch (error) {
      return meaning(error, unreachable);
    }
  },
};

/**
 * Answers a question about this machine. Rejects with the error that kept it from telling: a "no" is what the firmware
 * says, not that it says nothing.
 */
export async function decide(predicate: Predicate, source: StatusSource, signal: AbortSignal): Promise<Verdict> {
  let mei: ReturnType<StatusSource["openMei"]> | undefined;
  const { host } = source;
  const once: StatusSource = { host, device: () => source.device(), openMei: () => mei ??= source.openMei() };
  return await decisions[predicate]((...fields) => readStatus(once, { fields, signal }));
}

/** One field; `null` also where the client that tells it does not answer, so that another one can be asked. */
async function told<F extends "capabilities" | "operationalState">(read: Read, field: F): Promise<Status[F] | null> {
  try {
    return (await read(field)).status[field];
  } catch (error) {
    if (error instanceof AmtError && ["firmware.protocol", "timeout", "mei.reset"].includes(error.code)) return null;
    throw error;
  }
}

/** The firmware's word that AMT cannot run; `undefined` when it says that it can, or leaves it open. */
function offByFirmware({ amtCapable, amtEnabled }: NonNullable<Status["capabilities"]>): Verdict | undefined {
  if (!amtCapable) return { answer: false, reason: "the firmware says that this platform has no AMT" };
  if (amtEnabled === false) return { answer: false, reason: "the firmware says that AMT is not enabled" };
  return undefined;
}

/** Yes when AMT answers; otherwise as why it does not says. */
function byAnswer(reading: StatusReading, meanings: Meanings): Verdict {
  const { amtVersion } = reading.status;
  if (amtVersion !== null) return { answer: true, reason: `AMT ${amtVersion} answers` };
  return byFailure(reading, "amtVersion", meanings);
}

function byFailure({ failures }: StatusReading, field: FieldPath, meanings: Meanings): Verdict {
  return meaning(failures.get(field) ?? new AmtError("firmware.protocol", `${field} was not told`), meanings);
}

function meaning(error: unknown, meanings: Meanings): Verdict {
  const answer = error instanceof AmtError ? meanings[error.code] : undefined;
  if (answer === undefined) throw error;
  return { answer, reason: (error as AmtError).message };
}
