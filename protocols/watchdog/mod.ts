export { StateIndependenceClient } from "./client.ts";
export { WatchdogHeader, type WatchdogMessage, watchdogRequest } from "./message.ts";
export {
  BareStatus,
  EchoedStatus,
  GetManageabilityInfo,
  IsChangeToAmtEnabled,
  ManageabilityInfo,
  type OperationalState,
  operationalState,
  SetAmtOperationalState,
  StateFlags,
  type StateMessage,
} from "./state_independence.ts";
export { type Heartbeat, WatchdogSession, type WatchdogSessionOptions } from "./session.ts";
export { checkWatchdogTimeout } from "./timeout.ts";
export { StartResponse, StartWatchdog, StopWatchdog } from "./watchdog.ts";
