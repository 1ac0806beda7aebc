import type { Host } from "../ffi/host.ts";

export interface TcpEnd {
  readonly address: string;
  readonly port: number;
}

/** What the kernel shows of a connection between two programs of this machine, seen from one of them. */
export interface TcpLook {
  /**
   * The other program: `open`, or `ended` when it said that it sends no more and still reads, or `left` when no process
   * has its end any more; `absent` when there are neither its end nor ours, as after a reset, or while the table changes
   * as it is read. `undefined` where the kernel does not show it.
   */
  readonly other: "open" | "ended" | "left" | "absent" | undefined;
  /** Bytes on their way to it, for which its end has no room; `undefined` as above. */
  readonly untakenBytes: number | undefined;
}

/** One look at many connections reads the table once. */
const FRESH_MS = 5;

/** FIN_WAIT1, FIN_WAIT2, TIME_WAIT, LAST_ACK, CLOSING: it has said that it sends no more. */
const ENDED = ["04", "05", "06", "09", "0B"];

/**
 * The kernel's table of TCP connections. FIN is the same from a program that still reads and from one that is gone; on
 * one machine the kernel knows which: an end without a process has the inode 0.
 */
export class TcpTable {
  readonly #host: Pick<Host, "readText">;
  #text = "";
  #path = "";
  #readAt = -Infinity;

  constructor(host: Pick<Host, "readText">) {
    this.#host = host;
  }

  look(own: TcpEnd, other: TcpEnd): TcpLook {
    const [a, b] = [shown(own), shown(other)];
    if (a === undefined || b === undefined) return { other: undefined, untakenBytes: undefined };
    this.#read(own.address.includes(":") ? "/proc/net/tcp6" : "/proc/net/tcp");
    const [theirs, ours] = [this.#find(`${b} ${a} `), this.#find(`${a} ${b} `)];
    const untaken = Number(`0x${ours?.[1]?.split(":")[0]}`);
    return { other: this.#state(theirs, ours), untakenBytes: Number.isNaN(untaken) ? undefined : untaken };
  }

  #state(theirs: readonly string[] | undefined, ours: readonly string[] | undefined): TcpLook["other"] {
    if (theirs === undefined) return ours === undefined && this.#text !== "" ? "absent" : undefined;
    const [state = "", , , , , , inode] = theirs;
    if (!ENDED.includes(state)) return "open";
    return inode === "0" ? "left" : "ended";
  }

  #read(path: string): void {
    const now = performance.now();
    if (path === this.#path && now - this.#readAt < FRESH_MS) return;
    this.#path = path;
    this.#text = this.#host.readText(path) ?? "";
    this.#readAt = performance.now();
  }

  /** The fields behind both ends: state, queues, timer, retransmits, user, timeout, inode. */
  #find(ends: string): string[] | undefined {
    const at = this.#text.indexOf(ends);
    return at < 0 ? undefined : this.#text.slice(at + ends.length, at + ends.length + 120).trim().split(/\s+/, 7);
  }
}

/** A loopback address and a port as the table has them; its words are those of a little-endian processor. */
function shown({ address, port }: TcpEnd): string | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  if (address === "::1") return `00000000000000000000000001000000:${hexPort}`;
  const bytes = address.split(".").map(Number);
  if (bytes.length !== 4 || bytes[0] !== 127 || bytes.some((byte) => !(byte >= 0 && byte <= 255))) return undefined;
  return `${bytes.reverse().map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("")}:${hexPort}`;
}
