import { CodecError, decode, u32le } from "../../core/binary/mod.ts";
import type { Guid } from "../../core/guid.ts";
import { RESPONSE } from "../../protocols/amthi/message.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import { ApfMessage, DATA_HEAD } from "../../protocols/apf/mod.ts";
import { AMTHI, HOTHAM, LME, MCHI, MKHI, MKHI_FIXED, UPID, WATCHDOG } from "../../protocols/mei/known_clients.ts";

export type Direction = "toFirmware" | "fromFirmware";

/** Clients whose messages carry no secrets. */
const plainClients: readonly Guid[] = [MKHI, MKHI_FIXED, MCHI, UPID, HOTHAM, WATCHDOG];
/** What is shown of a client that is not known. */
const UNKNOWN_HEAD = 12;

const AMTHI_HEAD = 12;
const STATUS = 4;
const COMMAND_OFFSET = 4;

const CHANNEL_DATA = 94;
const TYPE = 1;

/**
 * How many bytes of a message may be shown to somebody who must learn no password and no payload; what is left out
 * stands at its end. Of messages that are not known, or cannot be read, it is the head alone.
 */
export function shownLength(client: Guid, direction: Direction, message: Uint8Array): number {
  if (client === LME) return shownApf(message);
  if (client === AMTHI) return shownAmthi(direction, message);
  return plainClients.includes(client) ? message.length : Math.min(message.length, UNKNOWN_HEAD);
}

/** {@link shownLength} of a message of LME's. */
export function shownApf(message: Uint8Array): number {
  if (message[0] === CHANNEL_DATA) return Math.min(message.length, DATA_HEAD);
  try {
    return message.length - hiddenApf(decode(ApfMessage, message), message.length);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return Math.min(message.length, TYPE);
  }
}

/** Bytes at the end of an APF message that are not shown. */
function hiddenApf(message: ApfMessage, length: number): number {
  switch (message.kind) {
    case "unknown":
      return length - TYPE;
    case "jsonControl":
      return message.json.length;
    case "globalRequest":
      return message.request.kind === "udpSendTo"
        ? message.request.data.length
        : message.request.kind === "other"
        ? message.request.body.length
        : 0;
    case "userauthRequest":
      return message.method.kind === "password" ? message.method.password.length : message.method.body.length;
    case "channelData":
      return message.data.length;
    default:
      return 0;
  }
}

function shownAmthi(direction: Direction, message: Uint8Array): number {
  if (message.length <= AMTHI_HEAD) return message.length;
  const command = decode(u32le, message.subarray(COMMAND_OFFSET, COMMAND_OFFSET + 4));
  plainCommands ??= findPlainCommands();
  if (plainCommands.has(command)) return message.length;
  const hasStatus = direction === "fromFirmware" && (command & RESPONSE) !== 0;
  return Math.min(message.length, AMTHI_HEAD + (hasStatus ? STATUS : 0));
}

/** Commands of requests and of answers that carry no secret. */
let plainCommands: ReadonlySet<number> | undefined;

function findPlainCommands(): Set<number> {
  const plain = new Set<number>();
  for (const message of Object.values(amthi)) {
    if (typeof message !== "object" || !("command" in message)) continue;
    if (message !== amthi.SetProvisioningServerOtp) plain.add(message.command);
    if (message !== amthi.GetLocalSystemAccount) plain.add(message.command + RESPONSE);
  }
  return plain;
}
