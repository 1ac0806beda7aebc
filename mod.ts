/**
 * amtctl as a library: open a Management Engine, real or simulated, list its clients, exchange messages with one.
 *
 * Importing this module loads no `node:` module and no FFI; they come with the first call that needs them.
 *
 * @module
 */

export { fromHex, HexError, toHex } from "./core/binary/mod.ts";
export { AmtError, type ErrorCode, type ErrorDetails, type ExitCode, exitCodes } from "./core/errors/mod.ts";
export { type Guid, GuidError, parseGuid } from "./core/guid.ts";
export type { Host, HostProcess, HostStat } from "./ffi/host.ts";
export type { ConnectOptions, MeiConnection, MeiTransport, WaitOptions } from "./transport/mei.ts";
export { chooseNode, type MeiNode, meiNodes } from "./transport/sysfs.ts";
export { type KnownClient, knownClient, knownClients } from "./protocols/mei/known_clients.ts";
export { type ClientInfo, type ClientList, type ClientListOptions, listClients } from "./services/clients.ts";
export {
  createSimulator,
  type Fault,
  type FaultKind,
  type ProfileName,
  profileNames,
  type Simulator,
  type SimulatorOptions,
} from "./simulator/mod.ts";
export { type Device, type Machine, type MachineOptions, openMachine } from "./commands/machine.ts";
