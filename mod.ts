/**
 * amtctl as a library: open a Management Engine, real or simulated, and talk to its clients.
 *
 * Importing this module loads no `node:` module and no FFI; they come with the first call that needs them.
 *
 * @module
 */

export { AmtError, type ErrorCode, type ErrorDetails, type ExitCode, exitCodes } from "./core/errors/mod.ts";
export { type Guid, parseGuid } from "./core/guid.ts";
export { fromHex, toHex } from "./core/binary/mod.ts";
export type { Host, HostProcess, HostStat } from "./ffi/host.ts";
export type { ConnectOptions, MeiConnection, MeiTransport, WaitOptions } from "./transport/mei.ts";
export { type KnownClient, knownClients } from "./protocols/mei/known_clients.ts";
