import type { Guid } from "../core/guid.ts";
import type { Host } from "../ffi/host.ts";
import { knownClient, knownClients } from "../protocols/mei/known_clients.ts";
import type { MeiTransport } from "../transport/mei.ts";
import { busClients, debugfsClients, meclientsPath, type MeiNode } from "../transport/sysfs.ts";
import type { Missing } from "./missing.ts";
import { probeClients, type ProbeOptions } from "./probe.ts";

/** A client of the firmware, merged from everything that knows of it. Unknown is `null`. */
export interface ClientInfo {
  guid: string;
  name: string | null;
  purpose: string | null;
  protocolVersion: number | null;
  /** Bytes. */
  maxMessageLength: number | null;
  maxConnections: number | null;
  /** 0 for a client at a dynamic address. */
  fixedAddress: number | null;
  vtag: boolean | null;
  /** The kernel driver that holds it. */
  driver: string | null;
  /** Who told of it. */
  sources: ("sysfs" | "debugfs" | "probe")[];
}

export interface ClientList {
  clients: ClientInfo[];
  unavailable: Missing[];
  warnings: string[];
}

export interface ClientListOptions extends ProbeOptions {
  /** The node in sysfs; `undefined` for a device that sysfs does not know. */
  readonly node: MeiNode | undefined;
  /** Also connects to each well-known client that the kernel does not hold. */
  readonly probe?: MeiTransport | undefined;
}

/**
 * The clients of the firmware: first the well-known ones in their usual order, then the others by GUID. Reads sysfs
 * and debugfs; connects only when it is given a transport to probe with, and then rejects as `MeiTransport.connect`.
 */
export async function listClients(host: Host, options: ClientListOptions): Promise<ClientList> {
  const { node } = options;
  const clients = new Map<Guid, ClientInfo>();
  const unavailable: Missing[] = [];
  const warnings: string[] = [];
  if (node === undefined) {
    unavailable.push({ field: "clients", reason: "sysfs does not know this device, so only --probe finds clients" });
  } else {
    for (const { guid, ...known } of busClients(host, node)) merge(clients, guid, known, "sysfs");
    const table = debugfsClients(host, node);
    for (const { guid, ...known } of table ?? []) merge(clients, guid, known, "debugfs");
    if (table === undefined) unavailable.push(noDebugfs(host, node));
    if (node.state !== undefined && node.state !== "ENABLED") {
      warnings.push(`${node.path} is ${node.state}, so the list may be incomplete`);
    }
  }
  if (options.probe !== undefined) {
    const held = new Set([...clients.values()].flatMap((each) => each.driver === null ? [] : [each.guid as Guid]));
    const result = await probeClients(options.probe, host, held, options);
    for (const { guid, ...known } of result.found) merge(clients, guid, known, "probe");
    unavailable.push(...result.skipped);
  }
  return { clients: inOrder(clients), unavailable, warnings };
}

type Property = "protocolVersion" | "maxMessageLength" | "maxConnections" | "fixedAddress" | "vtag" | "driver";
type Facts = { readonly [P in Property]?: ClientInfo[P] | undefined };

/** What one source leaves open another may know; the first one to tell is believed. */
function merge(clients: Map<Guid, ClientInfo>, guid: Guid, facts: Facts, source: ClientInfo["sources"][number]): void {
  const known = knownClient(guid);
  const before = clients.get(guid);
  clients.set(guid, {
    guid,
    name: known?.name ?? null,
    purpose: known?.purpose ?? null,
    protocolVersion: before?.protocolVersion ?? facts.protocolVersion ?? null,
    maxMessageLength: before?.maxMessageLength ?? facts.maxMessageLength ?? null,
    maxConnections: before?.maxConnections ?? facts.maxConnections ?? null,
    fixedAddress: before?.fixedAddress ?? facts.fixedAddress ?? null,
    vtag: before?.vtag ?? facts.vtag ?? null,
    driver: before?.driver ?? facts.driver ?? null,
    sources: [...new Set([...before?.sources ?? [], source])],
  });
}

function noDebugfs(host: Host, node: MeiNode): Missing {
  const path = meclientsPath(node);
  const hides = "it lists what the mei bus hides, such as clients that take several connections";
  const reason = host.uid === 0
    ? `${path} cannot be read: debugfs is not mounted, or the kernel is locked down; ${hides}`
    : `only root may read ${path}; ${hides}`;
  return { field: "clients (debugfs)", reason };
}

function inOrder(clients: Map<Guid, ClientInfo>): ClientInfo[] {
  const known = knownClients.flatMap(({ guid }) => clients.get(guid) ?? []);
  const others = [...clients.values()].filter(({ guid }) => knownClient(guid as Guid) === undefined);
  return [...known, ...others.sort((a, b) => a.guid < b.guid ? -1 : 1)];
}
