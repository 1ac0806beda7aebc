import { type Guid, parseGuid } from "../core/guid.ts";
import type { Host } from "../ffi/host.ts";
import type { MeiNode } from "./sysfs.ts";
import { basename, dirname } from "./sysfs_path.ts";
import { decimalAttribute, hexAttribute, linkName, textAttribute } from "./sysfs_text.ts";

/**
 * A client on the mei bus of the kernel. The bus hides most clients that take more than one connection, so absence
 * here proves nothing. Source: Linux drivers/misc/mei/bus.c and bus-fixup.c.
 */
export interface BusClient {
  /** Of its device on the bus: `0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab`. */
  readonly name: string;
  readonly guid: Guid;
  readonly protocolVersion: number | undefined;
  /** This and the next two: since kernel 5.5. */
  readonly maxConnections: number | undefined;
  readonly fixedAddress: number | undefined;
  readonly maxMessageLength: number | undefined;
  /** Since kernel 5.9. */
  readonly vtag: boolean | undefined;
  /** The kernel driver that holds it, such as `mei_wdt`. */
  readonly driver: string | undefined;
}

const BUS = "/sys/bus/mei/devices";

/** The clients that the kernel lists for this node; those of all nodes where its parent is not known. */
export function busClients(host: Host, node: Pick<MeiNode, "parent">): BusClient[] {
  return host.list(BUS).flatMap((name) => {
    const at = `${BUS}/${name}`;
    const guid = guidAttribute(host, `${at}/uuid`);
    if (guid === undefined || !belongsTo(node, parent(host, at, name, guid))) return [];
    const vtag = decimalAttribute(host, `${at}/vtag`, 0, 1);
    return [{
      name,
      guid,
      // Printed with %02X, although the ABI document says %d.
      protocolVersion: hexAttribute(host, `${at}/version`, 0x100),
      maxConnections: decimalAttribute(host, `${at}/max_conn`, 0, 0xff),
      fixedAddress: decimalAttribute(host, `${at}/fixed`, 0, 0xff),
      maxMessageLength: decimalAttribute(host, `${at}/max_len`, 0, 0xffff_ffff),
      vtag: vtag === undefined ? undefined : vtag === 1,
      driver: linkName(host, `${at}/driver`),
    }];
  });
}

function guidAttribute(host: Host, path: string): Guid | undefined {
  try {
    return parseGuid(textAttribute(host, path) ?? "");
  } catch {
    return undefined;
  }
}

/** The device that carries the client: from the link, or from the name `<parent>-<uuid>`; old kernels named no parent. */
function parent(host: Host, at: string, name: string, guid: Guid): string | undefined {
  const link = host.readLink(at);
  if (link !== undefined) return basename(dirname(link)) || undefined;
  return name.toLowerCase().endsWith(`-${guid}`) ? name.slice(0, -guid.length - 1) : undefined;
}

function belongsTo(node: Pick<MeiNode, "parent">, parent: string | undefined): boolean {
  return parent === undefined || node.parent === undefined || parent === node.parent;
}
