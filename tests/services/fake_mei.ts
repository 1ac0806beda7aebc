import { AmtError } from "../../core/errors/mod.ts";
import type { Guid } from "../../core/guid.ts";
import type { MeiConnection, MeiTransport } from "../../transport/mei.ts";

/** A Management Engine of which each client connects, or refuses with an error; others are not offered. */
export function fakeMei(clients: Readonly<Record<string, { version: number; length: number } | AmtError>>) {
  const asked: Guid[] = [];
  let open = 0;
  const mei: MeiTransport = {
    async connect(guid) {
      asked.push(guid);
      const client = await Promise.resolve(clients[guid]);
      if (client === undefined) throw new AmtError("mei.clientNotOffered", guid);
      if (client instanceof AmtError) throw client;
      open++;
      const connection: MeiConnection = {
        protocolVersion: client.version,
        maxMessageLength: client.length,
        send: () => Promise.resolve(),
        receive: () => Promise.reject(new AmtError("unexpected", "nothing is received in this test")),
        async [Symbol.asyncDispose]() {
          await Promise.resolve();
          open--;
        },
      };
      return connection;
    },
  };
  return { mei, asked, openConnections: () => open };
}
