import { decode } from "../../core/binary/mod.ts";
import { AmthiHeader } from "../../protocols/amthi/mod.ts";
import { changeCommands } from "./amthi_changes.ts";
import { type Command, refusal } from "./amthi_command.ts";
import { readCommands } from "./amthi_reads.ts";
import type { AmtState } from "./amthi_state.ts";
import type { Answers } from "./answering.ts";

const HEADER_LENGTH = 12;

/**
 * What the AMT host interface answers. Like firmware seen in the field it goes by the
 * length field, tolerates bytes after it (lms8 sends some), and answers a command that it does not know with an empty
 * message, or with a status where the profile says so. It does the same with a malformed one, for which no field
 * behaviour is known; data of a wrong length is INVALID_MESSAGE_LENGTH.
 */
export function amthiAnswers(state: AmtState): Answers {
  const firmware: Firmware = { state, commands: commands() };
  return (message) => respond(firmware, message);
}

interface Firmware {
  readonly state: AmtState;
  readonly commands: ReadonlyMap<number, Command>;
}

function commands(): Map<number, Command> {
  return new Map([...readCommands(), ...changeCommands()].map((each) => [each.command, each]));
}

function respond({ state, commands }: Firmware, message: Uint8Array): Uint8Array {
  const empty = new Uint8Array(0);
  if (message.length < HEADER_LENGTH || state.disabled) return empty;
  const { command, length } = decode(AmthiHeader, message.subarray(0, HEADER_LENGTH));
  const data = message.subarray(HEADER_LENGTH, HEADER_LENGTH + length);
  if (data.length < length) return empty;
  const unknown = state.unknown.get(command);
  if (typeof unknown === "number") return refusal(command, unknown);
  return unknown === "empty" ? empty : commands.get(command)?.respond(state, data) ?? empty;
}
