import { toHex } from "../core/binary/mod.ts";
import { type Guid } from "../core/guid.ts";
import { knownClient } from "../protocols/mei/known_clients.ts";
import { shownLength } from "../services/trace/shown_length.ts";
import type { MeiConnection, MeiTransport } from "../transport/mei.ts";
import type { Notes } from "./command.ts";
import type { Machine } from "./machine.ts";

/** The most that is shown of a message; where passwords, digests or payload come before that, only up to there. */
const SHOWN_BYTES = 12;

/** The machine, with its device told to `-v`, its connects to `-vv`, and the beginnings of messages to `-vvv`. */
export function tracedMachine(machine: Machine, notes: Notes): Machine {
  return {
    host: machine.host,
    simulated: machine.simulated,
    device() {
      const device = machine.device();
      notes.detail(1, `device: ${device.name}${device.name === device.path ? "" : ` (${device.path})`}`);
      return device;
    },
    openMei: async () => traced(await machine.openMei(), notes),
    openWatchdogs: () => machine.openWatchdogs(),
    withWatchdogReleased: (work, signal) => machine.withWatchdogReleased(work, signal),
    [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
  };
}

function traced(mei: MeiTransport, notes: Notes): MeiTransport {
  return {
    async connect(client, options) {
      const name = knownClient(client)?.name ?? client;
      notes.detail(2, `${name}: connect`);
      try {
        const connection = await mei.connect(client, options);
        notes.detail(
          2,
          `${name}: connected, version ${connection.protocolVersion}, messages up to ` +
            `${connection.maxMessageLength} bytes`,
        );
        return tracedConnection(connection, client, notes);
      } catch (error) {
        notes.detail(2, `${name}: ${error instanceof Error ? error.message : error}`);
        throw error;
      }
    },
  };
}

function tracedConnection(connection: MeiConnection, client: Guid, notes: Notes): MeiConnection {
  const name = knownClient(client)?.name ?? client;
  return {
    maxMessageLength: connection.maxMessageLength,
    protocolVersion: connection.protocolVersion,
    async send(message, options) {
      notes.detail(3, `${name} < ${beginning(message, shownLength(client, "toFirmware", message))}`);
      await connection.send(message, options);
    },
    async receive(options) {
      const message = await connection.receive(options);
      notes.detail(3, `${name} > ${beginning(message, shownLength(client, "fromFirmware", message))}`);
      return message;
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

function beginning(message: Uint8Array, shown: number): string {
  const begun = message.subarray(0, Math.min(shown, SHOWN_BYTES));
  return `${message.length} bytes ${toHex(begun)}${begun.length < message.length ? "..." : ""}`;
}
