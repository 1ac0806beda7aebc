export { type ApfReason, disconnectReasons, openFailureReasons } from "./reasons.ts";
export { GlobalRequest } from "./global_request.ts";
export { DATA_HEAD } from "./limits.ts";
export { ApfMessage, type ApfMessageOf } from "./messages.ts";
export type { ApfChannel } from "./channel.ts";
export type { Forward } from "./forwards.ts";
export type { OpenWait } from "./opener.ts";
export { ApfSession } from "./session.ts";
export type { ApfSessionOptions, ApfSessionStats, IncomingChannel, OpenOptions } from "./session_options.ts";
