import { AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { MeiNode } from "../../transport/sysfs.ts";
import type { FieldPath } from "../status/collector.ts";
import { readStatus, type StatusOptions, type StatusReading, type StatusSource } from "../status/read_status.ts";
import type { Facts } from "./check.ts";

/** A machine to examine. */
export interface DoctorSource extends StatusSource {
  device(): { readonly name: string; readonly path: string; readonly node: MeiNode | undefined };
}

/** What the checks need of a status. */
const fields: readonly FieldPath[] = [
  "amtVersion",
  "capabilities",
  "firmwareVersions",
  "controlMode",
  "provisioningState",
  "operationalState",
  "operationalStateChangeAllowed",
  "tlsEnforcedLocally",
  "lan",
  "dnsSuffix",
  "ehbcEnabled",
  "certificateHashes",
];

/**
 * Gathers what the checks look at. Whatever keeps the Management Engine from being asked is one of the facts; rejects
 * when the signal aborts, and for what is a defect.
 */
export async function examine(
  source: DoctorSource,
  options: Pick<StatusOptions, "signal" | "progress" | "releaseWatchdog"> = {},
): Promise<Facts> {
  const { host } = source;
  const nothing = { host, device: undefined, absence: undefined, contact: undefined, status: undefined };
  let device: Facts["device"];
  try {
    device = source.device();
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "mei.absent") throw error;
    return { ...nothing, absence: error };
  }
  const seen: { contact?: Facts["contact"] } = {};
  const observed = observing(source, (outcome) => seen.contact ??= outcome);
  try {
    const reading = await readStatus(observed, { ...options, fields, hashes: true });
    // Time was up before AMTHI could be asked.
    if (options.signal?.aborted && seen.contact instanceof AmtError) throw seen.contact;
    return { ...nothing, device, contact: silence(reading) ?? seen.contact, status: reading.status };
  } catch (error) {
    if (!(error instanceof AmtError) || error.code === "cancelled" || options.signal?.aborted) throw error;
    return { ...nothing, device, contact: error };
  }
}

const unheard: readonly ErrorCode[] = ["timeout", "mei.reset", "firmware.protocol"];

/** Why an AMTHI that took a connection gave no answer that can be used. */
function silence({ status, failures }: StatusReading): AmtError | undefined {
  const { amtVersion, provisioningState, controlMode } = status;
  if (amtVersion !== null || provisioningState !== null || controlMode !== null) return undefined;
  const failure = failures.get("amtVersion");
  return failure !== undefined && unheard.includes(failure.code) ? failure : undefined;
}

/** The machine, telling how its connects to AMTHI end. */
function observing(source: StatusSource, tell: (outcome: Facts["contact"]) => void): StatusSource {
  return {
    host: source.host,
    device: () => source.device(),
    openMei: async () => {
      const mei = await source.openMei();
      const connect: MeiTransport["connect"] = async (client, options) => {
        try {
          const connection = await mei.connect(client, options);
          if (client === AMTHI) tell("connected");
          return connection;
        } catch (error) {
          if (client === AMTHI && error instanceof AmtError) tell(error);
          throw error;
        }
      };
      return { connect };
    },
  };
}
