import type { KnownClient } from "../protocols/mei/known_clients.ts";
import { listClients } from "../services/clients.ts";
import type { ClientsOutput } from "./clients.schema.ts";
import { command } from "./command.ts";
import { table } from "./table.ts";

export default command({
  brief: "List the clients that the firmware offers over MEI",
  description: "Reads sysfs, and as root debugfs, which lists what the kernel hides. --probe also connects to each\n" +
    "well-known client and disconnects at once; it sends no message.",
  flags: {
    probe: { kind: "switch", brief: "Connect to each well-known client, except those that a kernel driver holds" },
    force: { kind: "switch", brief: "With --probe: also those, and LME beside a local management service" },
  },
  arguments: [],
  examples: ["amtctl clients", "sudo amtctl clients --probe --json", "amtctl --device sim clients"],

  async run(context, { probe, force }): Promise<ClientsOutput> {
    const machine = await context.machine();
    const { name, node } = machine.device();
    const probing = probe && {
      probe: await machine.openMei(),
      force,
      signal: context.signal,
      progress: (client: KnownClient, index: number, count: number) =>
        context.notes.progress(`${index + 1}/${count} ${client.name}`),
    };
    return { device: name, ...await listClients(machine.host, { node, ...probing }) };
  },

  render({ clients, device }, terminal) {
    if (clients.length === 0) return `${device}: no clients are known`;
    return table(clients, [
      { title: "NAME", cell: (client) => client.name },
      { title: "GUID", cell: (client) => client.guid },
      { title: "VER", align: "right", cell: (client) => client.protocolVersion },
      { title: "MAXLEN", align: "right", cell: (client) => client.maxMessageLength },
      { title: "CONN", align: "right", cell: (client) => client.maxConnections },
      { title: "FIXED", align: "right", cell: (client) => client.fixedAddress },
      { title: "DRIVER", cell: (client) => client.driver },
      { title: "SOURCES", cell: (client) => client.sources.join(",") },
      { title: "PURPOSE", cell: (client) => client.purpose },
    ], terminal);
  },
});
