import { type Guid, guid } from "../../core/guid.ts";
import { knownClients } from "../../protocols/mei/known_clients.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import { clientProperties, type ClientSizes } from "./properties.ts";

/** A client that takes connections and messages and answers none. */
function quiet(id: Guid, sizes: ClientSizes): FirmwareClient {
  return { properties: clientProperties(id, sizes), open: () => ({ message: () => {} }) };
}

/**
 * The clients without a part in AMT that CSME firmware usually offers and that answer nothing here, with the sizes
 * that a dump of an ME 11.8.50 shows.
 */
export function csmeClients(): FirmwareClient[] {
  return [
    ...commonClients(),
    quiet(guid("5565a099-7fe2-45c1-a22b-d7e9dfea9a2e"), { version: 1, length: 4096 }),
    quiet(byName("ICC"), { version: 1, length: 3092, fixed: 8 }),
  ];
}

/** Those of them that older firmware has too; all dynamic, since fixed addresses came with host bus messages 2.0. */
export function commonClients(): FirmwareClient[] {
  return [
    quiet(byName("FWU"), { version: 1, length: 4096 }),
    quiet(byName("DAL"), { version: 1, length: 4096 }),
    quiet(byName("HDCP"), { version: 1, length: 4096, connections: 2 }),
    quiet(byName("PAVP"), { version: 1, length: 15360, connections: 3 }),
  ];
}

function byName(name: string): Guid {
  const known = knownClients.find((client) => client.name === name);
  if (known === undefined) throw new Error(`no well-known client is named ${name}`);
  return known.guid;
}
