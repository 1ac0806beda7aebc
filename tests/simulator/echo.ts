import { guid } from "../../core/guid.ts";
import { type Fault, FaultPlan } from "../../simulator/faults.ts";
import type { ClientProperties, FirmwareClient } from "../../simulator/firmware_client.ts";
import { HostTree } from "../../simulator/host_tree.ts";
import { SimulatedMe } from "../../simulator/me.ts";

export const ECHO = guid("11111111-2222-3333-4444-555555555555");

/** A client that sends each message back. */
export function echo(properties: Partial<ClientProperties> = {}): FirmwareClient {
  return {
    properties: {
      guid: ECHO,
      protocolVersion: 1,
      maxConnections: 1,
      fixedAddress: 0,
      vtag: false,
      maxMessageLength: 2000,
      ...properties,
    },
    open: (link) => ({ message: (message) => link.send(message) }),
  };
}

/** An ME with these clients and nothing else. */
export function meWith(clients: readonly FirmwareClient[], faults: readonly Fault[] = []): SimulatedMe {
  return new SimulatedMe({
    name: "activated",
    description: "",
    hbmVersion: { major: 2, minor: 2 },
    firmwareStatus: [],
    amt: undefined,
    clients: () => [...clients],
    host: (uid = 0) => new HostTree(uid),
  }, { faults: new FaultPlan(faults) });
}
