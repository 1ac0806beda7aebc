import { AmtError } from "../../core/errors/mod.ts";
import type { Guid } from "../../core/guid.ts";
import type { MeiNode } from "../../transport/sysfs.ts";
import { comesWithoutAmt, firmwareHealth, nodeGeneration } from "./hfsts/mod.ts";
import { knownClient } from "./known_clients.ts";

/**
 * Restates `mei.clientNotOffered` for AMT's own clients: `amt.absent` where HFSTS3 names a kind of firmware that comes
 * without AMT, otherwise `amt.disabled`. Every other error comes back as it is, and so does this one without registers,
 * since a node that sysfs does not know need not be the Management Engine's.
 *
 * @param node what sysfs knows of the node that was connected to
 */
export function explainAbsence(error: unknown, client: Guid, node: MeiNode | undefined): unknown {
  if (!(error instanceof AmtError) || error.code !== "mei.clientNotOffered") return error;
  const known = knownClient(client);
  if (!known?.needsAmt || node === undefined || node.firmwareStatus.length === 0) return error;
  const generation = nodeGeneration(node);
  const { sku } = firmwareHealth(node.firmwareStatus, generation);
  const options = { details: { ...error.details, client, firmwareSku: sku?.raw ?? null }, cause: error };
  return comesWithoutAmt(sku, generation)
    ? new AmtError("amt.absent", `${known.name}: ${sku!.text} firmware does not offer this client`, options)
    : new AmtError("amt.disabled", `${known.name}: the firmware does not offer this client`, {
      ...options,
      hint:
        "AMT is switched off in the firmware setup (MEBx), or this firmware has none; amtctl clients shows the rest",
    });
}
