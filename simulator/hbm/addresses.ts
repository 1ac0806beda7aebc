import type { ClientProperties } from "../firmware_client.ts";

/** As in a dump of an ME 11.8.50; the addresses below are those of fixed clients. */
const FIRST_DYNAMIC = 32;

/** Where each client stands on the bus: a fixed one at its address, the others from 32 up, in their order. */
export function addresses(clients: readonly ClientProperties[]): Map<number, ClientProperties> {
  let next = FIRST_DYNAMIC;
  return new Map(clients.map((client) => [client.fixedAddress === 0 ? next++ : client.fixedAddress, client]));
}
