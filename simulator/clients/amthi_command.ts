import { CodecError, decode, encode, struct, u32le } from "../../core/binary/mod.ts";
import { RESPONSE } from "../../protocols/amthi/message.ts";
import { AmthiHeader, type AmthiMessage, amthiResponse, amtStatus } from "../../protocols/amthi/mod.ts";
import type { AmtState } from "./amthi_state.ts";

/** A command that the firmware knows. */
export interface Command {
  readonly command: number;
  /** The whole answer to a request that carries `data`. */
  respond(state: AmtState, data: Uint8Array): Uint8Array;
}

/** What a command is answered with: data, or the status by which it is refused. */
export function reply<Request, Response extends object>(
  message: AmthiMessage<Request, Response>,
  answer: (state: AmtState, request: Request) => Response | number,
): Command {
  const { command } = message;
  return {
    command,
    respond(state, data) {
      const request = wellFormed(message, data);
      const result = request === undefined ? amtStatus.invalidMessageLength : answer(state, request);
      return typeof result === "number"
        ? refusal(command, result)
        : encode(amthiResponse(message), { minor: 1, status: amtStatus.success, data: result });
    },
  };
}

/** A whole answer that is a status alone. */
export function refusal(command: number, status: number): Uint8Array {
  const header = { major: 1, minor: 1, command: command + RESPONSE, length: 4 };
  return encode(struct({ header: AmthiHeader, status: u32le }), { header, status });
}

function wellFormed<Request>({ request }: AmthiMessage<Request, unknown>, data: Uint8Array): Request | undefined {
  try {
    return decode(request, data);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return undefined;
  }
}
