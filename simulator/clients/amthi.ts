import { decode, encode } from "../../core/binary/mod.ts";
import {
  AmthiHeader,
  type AmthiMessage,
  amthiResponse,
  amtStatus,
  type CodeVersions,
  type ControlMode,
  GetCodeVersions,
  GetControlMode,
  GetProvisioningState,
  type ProvisioningState,
} from "../../protocols/amthi/mod.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import { clientProperties } from "./properties.ts";

/** What AMT says of itself. */
export interface AmtState {
  readonly codeVersions: CodeVersions;
  readonly provisioningState: ProvisioningState;
  readonly controlMode: ControlMode;
}

const HEADER_LENGTH = 12;

type Answers = ReadonlyMap<number, () => Uint8Array>;

/**
 * The AMT host interface. Like firmware seen in the field it goes by the length field, tolerates bytes after it (lms8
 * sends some), and answers a command that it does not know with an empty message; so it does a malformed one, for
 * which no field behaviour is known.
 */
export function amthi(state: AmtState): FirmwareClient {
  return {
    properties: clientProperties(AMTHI, { version: 1, length: 5120 }),
    open(link) {
      const answers: Answers = new Map([
        answer(GetCodeVersions, () => state.codeVersions),
        answer(GetProvisioningState, () => ({ state: state.provisioningState })),
        answer(GetControlMode, () => ({ mode: state.controlMode })),
      ]);
      return { message: (message) => link.send(respond(answers, message)) };
    },
  };
}

function respond(answers: Answers, message: Uint8Array): Uint8Array {
  const unsupported = new Uint8Array(0);
  if (message.length < HEADER_LENGTH) return unsupported;
  const { command, length } = decode(AmthiHeader, message.subarray(0, HEADER_LENGTH));
  if (length > message.length - HEADER_LENGTH) return unsupported;
  return answers.get(command)?.() ?? unsupported;
}

function answer<Response>(message: AmthiMessage<unknown, Response>, data: () => Response): [number, () => Uint8Array] {
  const layout = amthiResponse(message);
  return [message.command, () => encode(layout, { minor: 1, status: amtStatus.success, data: data() })];
}
