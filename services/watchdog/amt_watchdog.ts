import { AmtError } from "../../core/errors/mod.ts";
import type { Host } from "../../ffi/host.ts";
import { explainAbsence } from "../../protocols/mei/absence.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { holders } from "../../transport/holders.ts";
import { type BusClient, busClients, type MeiNode } from "../../transport/sysfs.ts";
import { amtWatchdog } from "../../transport/sysfs_watchdog.ts";

/** Where AMT's watchdog is to be looked for. */
export interface WatchdogSource {
  readonly host: Host;
  /** Throws `mei.absent`. */
  device(): { readonly name: string; readonly node: MeiNode | undefined };
}

/**
 * AMT's watchdog on both its ways: the client of the firmware, and what the kernel makes of it. Told from sysfs alone,
 * so nothing is opened.
 */
export interface AmtWatchdog {
  /** `unknown` where sysfs does not show the clients of this device, or not now. */
  state: "offered" | "disabled" | "absent" | "noDevice" | "unknown";
  /** Why it is not offered, or why that is not known, and what to do. */
  reason: string | null;
  hint: string | null;
  /** The mei device. */
  device: string | null;
  /** The kernel's watchdog: `watchdog1`. */
  watchdog: string | null;
  /** As the kernel has it. Whoever spoke to the firmware directly may have armed it without the kernel's knowledge. */
  armed: boolean | "unknown";
  /** The way that is open: `kernel` while a driver holds the client, `mei` while none does. */
  via: "kernel" | "mei" | null;
  client: {
    guid: string;
    protocolVersion: number | null;
    /** The kernel driver that holds it. */
    driver: string | null;
    /** Programs that have the mei device open and so may hold it; `null` where this user does not see that. */
    candidates: { pid: number; name: string }[] | null;
  } | null;
}

/** Finds AMT's watchdog. */
export function findAmtWatchdog(source: WatchdogSource): AmtWatchdog {
  let device: ReturnType<WatchdogSource["device"]>;
  try {
    device = source.device();
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "mei.absent") throw error;
    return missing("noDevice", error, null);
  }
  const { name, node } = device;
  if (node === undefined) {
    return { ...nothing, state: "unknown", reason: "sysfs does not know this device", device: name };
  }
  const clients = busClients(source.host, node);
  const client = clients.find(({ guid }) => guid === WATCHDOG);
  if (client !== undefined) return offered(source.host, name, node, client);
  if (clients.length === 0 || (node.state !== undefined && node.state !== "ENABLED")) {
    const reason = `sysfs shows no clients of ${node.path} now; it is ${node.state ?? "in an unknown state"}`;
    return { ...nothing, state: "unknown", reason, device: name };
  }
  const absence = explainAbsence(notOffered(name), WATCHDOG, node) as AmtError;
  return missing(absence.code === "amt.absent" ? "absent" : "disabled", absence, name);
}

const nothing = { hint: null, watchdog: null, armed: "unknown", via: null, client: null } as const;

function missing(state: "disabled" | "absent" | "noDevice", error: AmtError, device: string | null): AmtWatchdog {
  return { ...nothing, state, reason: error.message, hint: error.hint, device };
}

/** The mei bus lists this client whatever its properties are, so one that is not listed is not offered. */
function notOffered(name: string): AmtError {
  return new AmtError("mei.clientNotOffered", `${name}: the firmware does not offer the WD client`);
}

function offered(host: Host, name: string, node: MeiNode, client: BusClient): AmtWatchdog {
  const watchdog = amtWatchdog(host);
  const { driver } = client;
  const { processes, complete } = holders(host, node.path, WATCHDOG);
  return {
    state: "offered",
    reason: null,
    hint: null,
    device: name,
    watchdog: watchdog?.name ?? null,
    armed: watchdog?.state === "active" ? true : watchdog?.state === "inactive" ? false : "unknown",
    via: driver === undefined ? "mei" : watchdog === undefined ? null : "kernel",
    client: {
      guid: client.guid,
      protocolVersion: client.protocolVersion ?? null,
      driver: driver ?? null,
      candidates: driver !== undefined ? [] : complete || processes.length > 0 ? [...processes] : null,
    },
  };
}
