export { type ApfReason, disconnectReasons, openFailureReasons } from "./reasons.ts";
export { GlobalRequest } from "./global_request.ts";
export { ADDRESS_LIMIT, DATA_HEAD, SERVICE_LIMIT, TEXT_LIMIT } from "./limits.ts";
export { ApfMessage, type ApfMessageOf, type UnknownApfMessage } from "./messages.ts";
export type { ApfChannel, ApfChannelStats } from "./channel.ts";
export type { Forward } from "./forwards.ts";
export type { ForwardHandlers, UdpDatagram } from "./global_requests.ts";
export type { OpenWait } from "./opener.ts";
export { ApfSession } from "./session.ts";
export type {
  ApfLimits,
  ApfSessionOptions,
  ApfSessionStats,
  Ignored,
  IncomingChannel,
  OpenOptions,
  ReadyOptions,
} from "./session_options.ts";
