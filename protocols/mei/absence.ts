import { AmtError } from "../../core/errors/mod.ts";
import type { Guid } from "../../core/guid.ts";
import { knownClient } from "./known_clients.ts";

/** HFSTS3 bits 4 to 6: what kind of firmware this is. Source: fwupd and coreboot, CSME 11 and later. */
const SKU_CONSUMER = 2;

/**
 * Restates `mei.clientNotOffered` for AMT's own clients: `amt.absent` where HFSTS3 says that this is consumer
 * firmware, otherwise `amt.disabled`. Every other error comes back as it is.
 *
 * @param firmwareStatus HFSTS1 to 6 as sysfs `fw_status` gives them, as far as known
 */
export function explainAbsence(error: unknown, client: Guid, firmwareStatus: readonly number[]): unknown {
  if (!(error instanceof AmtError) || error.code !== "mei.clientNotOffered") return error;
  const known = knownClient(client);
  if (!known?.needsAmt) return error;
  const sku = firmwareStatus[2] === undefined ? undefined : (firmwareStatus[2] >>> 4) & 7;
  const options = { details: { ...error.details, client, firmwareSku: sku ?? null }, cause: error };
  return sku === SKU_CONSUMER
    ? new AmtError("amt.absent", `${known.name}: consumer firmware does not offer this client`, options)
    : new AmtError("amt.disabled", `${known.name}: the firmware does not offer this client`, {
      ...options,
      hint:
        "AMT is switched off in the firmware setup (MEBx), or this firmware has none; amtctl clients shows the rest",
    });
}
