import { fromHex, toHex } from "../../../core/binary/mod.ts";
import type { Guid } from "../../../core/guid.ts";
import type { StatusSource } from "../../../services/status/read_status.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import type { MeiConnection, MeiTransport } from "../../../transport/mei.ts";
import { chooseNode } from "../../../transport/sysfs.ts";

/** Answers in hex by the beginning of the request in hex, in place of the firmware's own. */
export type Answers = Readonly<Record<string, string>>;

/** A simulated machine whose firmware gives these answers to one of its clients. */
export function alteredMachine(profile: string, altered: Guid, answers: Answers) {
  const { mei, host, sysfs } = createSimulator(profile);
  const source: StatusSource = {
    host,
    device: () => ({ name: `sim:${profile}`, node: chooseNode(host) }),
    openMei: () => Promise.resolve(alteredMei(mei, altered, answers)),
  };
  return { source, sysfs };
}

function alteredMei(mei: MeiTransport, altered: Guid, answers: Answers): MeiTransport {
  return {
    async connect(client, options) {
      const connection = await mei.connect(client, options);
      return client === altered ? answering(connection, answers) : connection;
    },
  };
}

function answering(connection: MeiConnection, answers: Answers): MeiConnection {
  let request = "";
  return {
    maxMessageLength: connection.maxMessageLength,
    protocolVersion: connection.protocolVersion,
    send(message, options) {
      request = toHex(message);
      return connection.send(message, options);
    },
    async receive(options) {
      const answer = await connection.receive(options);
      const other = Object.entries(answers).find(([start]) => request.startsWith(start))?.[1];
      return other === undefined ? answer : fromHex(other);
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
