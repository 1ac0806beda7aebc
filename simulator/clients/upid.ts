import { decode, encode } from "../../core/binary/mod.ts";
import {
  GetFeatureState,
  GetFeatureSupport,
  GetOsControl,
  GetPlatformId,
  type PlatformId,
  UpidHeader,
  type UpidMessage,
  upidResponse,
  upidStatus,
} from "../../protocols/upid/mod.ts";
import type { Answers } from "./answering.ts";

/** What the firmware knows of the platform id. */
export interface UpidState {
  /** Switched on. */
  readonly enabled: boolean;
  /** The operating system may switch it. */
  readonly osControl: boolean;
  readonly id: PlatformId;
}

const HEADER_LENGTH = 4;

/**
 * What the client of the unique platform id answers. A command that it does not know is refused as not supported and a
 * length that does not fit as a wrong parameter; half a header is answered with an empty message. No field behaviour is
 * known for these.
 */
export function upidAnswers(state: UpidState): Answers {
  return (message) => respond(state, message);
}

function respond(state: UpidState, message: Uint8Array): Uint8Array {
  if (message.length < HEADER_LENGTH) return new Uint8Array(0);
  const { command, length } = decode(UpidHeader, message.subarray(0, HEADER_LENGTH));
  if (length !== 0 || message.length !== HEADER_LENGTH) return refusal(command, upidStatus.invalidParameter);
  switch (command) {
    case GetFeatureSupport.command:
      return success(GetFeatureSupport, { support: { platformId: 1, attestation: 1, unknown: 0 } });
    case GetFeatureState.command:
      return success(GetFeatureState, { state: state.enabled ? "enabled" : "disabled" });
    case GetOsControl.command:
      return success(GetOsControl, { state: state.osControl ? "enabled" : "disabled" });
    case GetPlatformId.command:
      return state.enabled ? success(GetPlatformId, state.id) : refusal(command, upidStatus.invalidState);
    default:
      return refusal(command, upidStatus.notSupported);
  }
}

function success<Response>(message: UpidMessage<Response>, data: Response): Uint8Array {
  return encode(upidResponse(message), { status: upidStatus.success, data });
}

function refusal(command: number, status: number): Uint8Array {
  return encode(upidResponse({ ...GetPlatformId, command }), { status });
}
