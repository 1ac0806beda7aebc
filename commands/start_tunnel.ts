import { AmtError } from "../core/errors/mod.ts";
import { localManagementService } from "../services/local_management.ts";
import { Tunnel, type TunnelEvent } from "../services/tunnel/tunnel.ts";
import type { Machine } from "./machine.ts";

/** The tunnel; when somebody else has LME the error says who, and where to connect instead. */
export async function startTunnel(
  machine: Pick<Machine, "host" | "openMei">,
  signal: AbortSignal,
  onEvent: (event: TunnelEvent) => void = () => {},
): Promise<Tunnel> {
  try {
    return await Tunnel.start(await machine.openMei(), { signal, onEvent });
  } catch (error) {
    const service = localManagementService(machine.host);
    if (!(error instanceof AmtError) || error.code !== "mei.busy" || service === undefined) throw error;
    throw new AmtError("mei.busy", `LME is held by a local management service: ${service}`, {
      cause: error,
      details: error.details,
      hint: "Connect to its ports 127.0.0.1:16992 or 16993, or stop it",
    });
  }
}
