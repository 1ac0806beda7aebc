import { AmtError } from "../core/errors/mod.ts";
import { localManagementService } from "../services/local_management.ts";
import { Tunnel, type TunnelEvent } from "../services/tunnel/tunnel.ts";
import type { Machine } from "./machine.ts";
import { OutputClosed } from "./writer.ts";

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

/**
 * What a command ends with whose tunnel ended with this error: the interruption, where that was the cause, or that
 * standard output was closed; otherwise the error, with a hint for somebody who uses the tunnel.
 */
export function tunnelError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof AmtError)) return error;
  const { code, message, cause, details } = error;
  if (cause instanceof OutputClosed) return cause;
  const isRefused = code === "net.connect" && "reason" in details;
  if (!isRefused && code !== "timeout") return error;
  const hint = isRefused
    ? "See the ports that the firmware forwards: amtctl apf monitor"
    : "See what the firmware says, and whether it does: amtctl apf monitor";
  return new AmtError(code, message, { cause: error, details, hint });
}
