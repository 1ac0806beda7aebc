import type { Host } from "../../ffi/host.ts";
import { portHolder } from "../tunnel/port_holder.ts";

/** What serves a port of 127.0.0.1 on this machine. */
export interface LocalListener {
  /**
   * It belongs to root, as a local management service does, or to this user. Any user may bind AMT's ports: a stranger
   * who does would be sent digests of the password, to try passwords on.
   */
  readonly isTrusted: boolean;
  /** Who it is, for messages: `user 1000, nc (process 742)`. */
  readonly owner: string;
}

interface Socket {
  readonly address: string;
  readonly uid: number;
}

const LISTEN = "0A";
/** Addresses through which 127.0.0.1 is reached; the kernel takes the first that somebody listens on. */
const REACHING = [
  ["0100007F", "0000000000000000FFFF00000100007F"],
  ["00000000"],
  ["00000000000000000000000000000000"],
] as const;
const ROOT = 0;

/** Who serves the port to a client of 127.0.0.1; `undefined` when nobody does. */
export function localListener(host: Host, port: number): LocalListener | undefined {
  const sockets = listening(host, port);
  const served = REACHING.map((addresses) =>
    sockets.filter(({ address }) => addresses.some((each) => each === address))
  )
    .find(({ length }) => length > 0);
  if (served === undefined) return undefined;
  const strangers = served.filter(({ uid }) => uid !== ROOT && uid !== host.uid);
  const { uid } = strangers[0] ?? served[0]!;
  const program = portHolder(host, port);
  return {
    isTrusted: strangers.length === 0,
    owner: `user ${uid}${program === undefined ? "" : `, ${program}`}`,
  };
}

/** Source of the format: Linux Documentation/networking/proc_net_tcp.rst; addresses are words as x86 and arm64 have them. */
function listening(host: Host, port: number): Socket[] {
  const suffix = port.toString(16).toUpperCase().padStart(4, "0");
  const found: Socket[] = [];
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of (host.readText(table) ?? "").split("\n")) {
      const [, local = "", , state, , , , uid = ""] = line.trim().split(/\s+/);
      const [address = "", itsPort] = local.toUpperCase().split(":");
      // An owner that cannot be read is a stranger.
      if (itsPort === suffix && state === LISTEN) found.push({ address, uid: /^\d+$/.test(uid) ? Number(uid) : NaN });
    }
  }
  return found;
}
