import { AmtError } from "../core/errors/mod.ts";
import type { Guid } from "../core/guid.ts";
import type { Host } from "../ffi/host.ts";
import { type KnownClient, knownClients, LME } from "../protocols/mei/known_clients.ts";
import type { MeiTransport } from "../transport/mei.ts";
import type { Missing } from "./missing.ts";
import { localManagementService } from "./local_management.ts";

/** A client that answered a connect; one that is busy exists, and tells nothing more. */
export interface Probed {
  readonly guid: Guid;
  readonly protocolVersion: number | undefined;
  readonly maxMessageLength: number | undefined;
}

export interface ProbeOptions {
  /** Also connects to clients that a kernel driver or a local management service holds. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each connect. */
  readonly progress?: ((client: KnownClient, index: number, count: number) => void) | undefined;
}

/**
 * Connects to each well-known client and disconnects at once; no message is sent. Clients in `held` belong to kernel
 * drivers and are left alone, and so is LME while a local management service is seen: connecting could take it away.
 */
export async function probeClients(
  mei: MeiTransport,
  host: Host,
  held: ReadonlySet<Guid>,
  options: ProbeOptions = {},
): Promise<{ found: Probed[]; skipped: Missing[] }> {
  const found: Probed[] = [];
  const skipped: Missing[] = [];
  const service = options.force ? undefined : localManagementService(host);
  for (const [index, client] of knownClients.entries()) {
    if (!options.force && held.has(client.guid)) continue;
    if (service !== undefined && client.guid === LME) {
      const reason = `not probed, since a local management service may hold it: ${service}; --force probes it`;
      skipped.push({ field: `clients (${client.name})`, reason });
      continue;
    }
    options.progress?.(client, index, knownClients.length);
    const answer = await probe(mei, client.guid, options.signal);
    if (answer !== undefined) found.push(answer);
  }
  return { found, skipped };
}

async function probe(mei: MeiTransport, guid: Guid, signal: AbortSignal | undefined): Promise<Probed | undefined> {
  try {
    await using connection = await mei.connect(guid, { signal, busyBudgetMs: 0 });
    const { protocolVersion, maxMessageLength } = connection;
    return { guid, protocolVersion, maxMessageLength };
  } catch (error) {
    if (!(error instanceof AmtError)) throw error;
    if (error.code === "mei.busy") return { guid, protocolVersion: undefined, maxMessageLength: undefined };
    if (["mei.clientNotOffered", "amt.disabled", "amt.absent"].includes(error.code)) return undefined;
    throw error;
  }
}
