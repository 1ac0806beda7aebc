import { toHex } from "../core/binary/mod.ts";
import { type Guid } from "../core/guid.ts";
import { knownClient } from "../protocols/mei/known_clients.ts";
import type { MeiConnection, MeiTransport } from "../transport/mei.ts";
import type { Notes } from "./command.ts";
import type { Machine } from "./machine.ts";

/** How much of a message is shown: the headers of AMTHI and APF, and not the passwords and digests behind them. */
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
      notes.detail(3, `${name} < ${beginning(message)}`);
      await connection.send(message, options);
    },
    async receive(options) {
      const message = await connection.receive(options);
      notes.detail(3, `${name} > ${beginning(message)}`);
      return message;
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

function beginning(message: Uint8Array): string {
  const more = message.length > SHOWN_BYTES ? "..." : "";
  return `${message.length} bytes ${toHex(message.subarray(0, SHOWN_BYTES))}${more}`;
}
