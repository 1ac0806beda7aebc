import { type Guid, parseGuid } from "../core/guid.ts";
import type { Host } from "../ffi/host.ts";
import type { MeiNode } from "./sysfs.ts";

/** A client as the mei driver knows it from the firmware's own enumeration. */
export interface DebugfsClient {
  readonly guid: Guid;
  readonly maxConnections: number | undefined;
  /** 0 for a client at a dynamic address. */
  readonly fixedAddress: number | undefined;
  readonly maxMessageLength: number | undefined;
  /** Since kernel 5.9. */
  readonly vtag: boolean | undefined;
}

/** Where the table of a node stands. Only root may read debugfs, and a locked-down kernel lets nobody. */
export function meclientsPath(node: MeiNode): string {
  return `/sys/kernel/debug/${node.name}/meclients`;
}

/**
 * The whole list of clients, or `undefined` when debugfs cannot be read. Linux 6.1 and 6.12 print the same table,
 * `  |id|fix|         UUID                       |con|msg len|sb|refc|vt|`; older kernels lack the last columns
 * (`vt` came with 5.9), so columns are found by the heading. Source: drivers/misc/mei/debugfs.c.
 */
export function debugfsClients(host: Host, node: MeiNode): DebugfsClient[] | undefined {
  const text = host.readText(meclientsPath(node));
  if (text === undefined) return undefined;
  const [heading, ...rows] = text.split("\n");
  const column = new Map(cells(heading ?? "").map((name, index) => [name.toLowerCase(), index]));
  return rows.flatMap((row) => {
    const values = cells(row);
    const cell = (name: string) => values[column.get(name) ?? -1];
    const guid = guidCell(cell("uuid"));
    if (guid === undefined) return [];
    return [{
      guid,
      maxConnections: number(cell("con"), 0xff),
      fixedAddress: number(cell("fix"), 0xff),
      maxMessageLength: number(cell("msg len"), 0xffff_ffff),
      vtag: flag(cell("vt")),
    }];
  });
}

function cells(row: string): string[] {
  return row.split("|").map((cell) => cell.trim());
}

function guidCell(text: string | undefined): Guid | undefined {
  try {
    return parseGuid(text ?? "");
  } catch {
    return undefined;
  }
}

function number(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  return Number(text) <= most ? Number(text) : undefined;
}

function flag(text: string | undefined): boolean | undefined {
  return text === "0" ? false : text === "1" ? true : undefined;
}
